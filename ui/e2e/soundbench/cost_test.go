//go:build e2e

package soundbench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/media/voice"
	"parley/ui/e2e/bench/table"
	"parley/ui/e2e/lab"
)

const (
	costRuns = 3
	costTime = 20 * time.Second
)

// BenchmarkCost measures the processor time of whole Parleys without pictures and
// without a window: both speak, at the same time, and at rest; and of the sound
// engine alone, without codec and network, which hears somebody and plays it.
func BenchmarkCost(b *testing.B) {
	var resting float64
	b.Run("Rest", func(b *testing.B) {
		d := lab.NewDesks(b, 0, "a")
		hub := lab.NewHub(b, "127.0.0.1:0")
		p := d.At(b, "a", "--camera", "off", "--server", hub.URL)
		p.Next(b.Context(), "ready", nil)
		pass(b.Context(), settled)
		rest := shares(b, p.PID())[0]
		resting = table.Median(rest)
		results.Add("processor time at rest", "% of a core", rest...)
	})
	b.Run("Engine", func(b *testing.B) {
		d := lab.NewDesks(b, 0, "a", "b")
		loopEngine(b, d, voice.Everything)
		defer keepSaying(b, d, "a", speech(b, woman, spokenText))()
		pass(b.Context(), settled)
		results.Add("processor time of the engine alone, processing all", "% of a core", shares(b, os.Getpid())[0]...)
	})
	for name, stages := range map[string]string{"Call": "all", "Bare": "none"} {
		b.Run(name, func(b *testing.B) {
			d := lab.NewDesks(b, 0, "a", "b")
			caller, called := call(b.Context(), b, d, d, "--process", stages)
			defer keepSaying(b, d, "a", speech(b, woman, spokenText))()
			defer keepSaying(b, d, "b", speech(b, man, spokenText))()
			pass(b.Context(), settled)
			for i, s := range shares(b, caller.PID(), called.PID()) {
				who := []string{"caller", "called"}[i]
				what := fmt.Sprintf("processor time in a call, both speak, processing %s, %s", stages, who)
				results.Add(what, "% of a core", s...)
				results.Add(what+", less the time at rest", "% of a core", table.Median(s)-resting)
			}
			breakdown(b, caller.PID())
		})
	}
}

// spokenText is how long the text is spoken until it begins again.
const spokenText = 30 * time.Second

// shares measures how much of a core each process uses, some times over.
func shares(b *testing.B, pids ...int) [][]float64 {
	b.Helper()
	out := make([][]float64, len(pids))
	for range costRuns {
		before := make([]float64, len(pids))
		for i, pid := range pids {
			before[i] = used(b, pid)
		}
		begin := time.Now()
		pass(b.Context(), costTime/costRuns)
		for i, pid := range pids {
			out[i] = append(out[i], 100*(used(b, pid)-before[i])/time.Since(begin).Seconds())
		}
	}
	return out
}

// used returns the processor time that a process has used, in seconds.
func used(b *testing.B, pid int) float64 {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatal(err)
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	const perSecond = 100
	user, err := strconv.Atoi(fields[11]) // utime and stime are fields 14 and 15
	if err != nil {
		b.Fatal(err)
	}
	system, err := strconv.Atoi(fields[12])
	if err != nil {
		b.Fatal(err)
	}
	return float64(user+system) / perSecond
}

// breakdown logs what a process spends its time on, where perf is installed and
// allowed to look.
func breakdown(b *testing.B, pid int) {
	b.Helper()
	data := filepath.Join(b.TempDir(), "perf.data")
	record := exec.Command("perf", "record", "--quiet", "-e", "cpu-clock", "-F", "999", "-p", strconv.Itoa(pid), "-o", data, "--", "sleep", "10")
	if out, err := record.CombinedOutput(); err != nil {
		b.Logf("no breakdown: perf: %v: %s", err, out)
		return
	}
	report := func(sort string, lines int) {
		out, err := exec.Command("perf", "report", "--stdio", "-i", data, "--sort", sort, "--percent-limit", "0.7").Output()
		if err != nil {
			b.Logf("perf: %v", err)
			return
		}
		var kept []string
		for line := range strings.Lines(string(out)) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") && len(kept) < lines {
				kept = append(kept, line)
			}
		}
		fmt.Printf("where the time goes, by %s:\n%s\n", sort, strings.Join(kept, "\n")) // a benchmark's log would be cut short
	}
	report("dso", 10)
	report("symbol", 45)
}
