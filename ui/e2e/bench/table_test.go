//go:build e2e

package bench

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

// table collects rows and prints them, as Markdown, when all is measured.
type table struct {
	mu   sync.Mutex
	rows []row
}

func (t *table) add(what, unit string, values ...float64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rows = append(t.rows, row{what, unit, values})
}

func (t *table) print() {
	out := &strings.Builder{}
	fmt.Fprintf(out, "\n%s, %d processors, %s\n\n| Measured | Median | Least | Most | Runs | Unit |\n|---|---|---|---|---|---|\n",
		processor(), runtime.NumCPU(), runtime.Version())
	for _, r := range t.rows {
		fmt.Fprintf(out, "| %s | %.4g | %.4g | %.4g | %d | %s |\n",
			r.what, median(r.values), slices.Min(r.values), slices.Max(r.values), len(r.values), r.unit)
	}
	_, _ = os.Stdout.WriteString(out.String())
}

func median(values []float64) float64 {
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

var results table //nolint:gochecknoglobals // printed once, by TestMain

func TestMain(m *testing.M) {
	code := m.Run()
	if len(results.rows) > 0 {
		results.print()
	}
	os.Exit(code) //nolint:forbidigo // the end of a test binary
}
