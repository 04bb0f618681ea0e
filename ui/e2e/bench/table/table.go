//go:build e2e

package table

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// row is one measured quantity.
type row struct {
	what, unit string
	values     []float64
}

// Table collects rows. The zero Table is ready to use, by any goroutines.
type Table struct {
	mu   sync.Mutex
	rows []row
}

// Add adds a row: what was measured, in which unit, and the value of every run,
// of which there must be one at least.
func (t *Table) Add(what, unit string, values ...float64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rows = append(t.rows, row{what, unit, values})
}

// String returns the rows as Markdown, below a line about the machine. It is
// empty without rows.
func (t *Table) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.rows) == 0 {
		return ""
	}
	out := &strings.Builder{}
	fmt.Fprintf(out, "\n%s, %d processors, %s\n\n| Measured | Median | Least | Most | Runs | Unit |\n|---|---|---|---|---|---|\n",
		processor(), runtime.NumCPU(), runtime.Version())
	for _, r := range t.rows {
		fmt.Fprintf(out, "| %s | %.4g | %.4g | %.4g | %d | %s |\n",
			r.what, Median(r.values), slices.Min(r.values), slices.Max(r.values), len(r.values), r.unit)
	}
	return out.String()
}

// Run runs the benchmarks of a package, prints the table that they filled, and
// returns the status to exit with. It is for TestMain.
func (t *Table) Run(m *testing.M) int {
	code := m.Run()
	_, _ = os.Stdout.WriteString(t.String())
	return code
}

// Median returns the middle of values, of which there must be one at least.
func Median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	if n := len(sorted); n%2 == 0 {
		return (sorted[n/2-1] + sorted[n/2]) / 2
	}
	return sorted[len(sorted)/2]
}

func processor() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(text)) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}
