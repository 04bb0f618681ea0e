//go:build e2e

package lab

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// ProcessorTime returns the processor time that processes have used so far, in
// milliseconds. Those that are gone count nothing.
func ProcessorTime(t testing.TB, pids ...int) float64 {
	t.Helper()
	sum := 0.0
	for _, pid := range pids {
		fields, ok := stat(pid)
		if !ok {
			continue
		}
		for _, field := range fields[11:13] { // utime and stime, in hundredths of a second
			ticks, err := strconv.Atoi(field)
			if err != nil {
				t.Fatal(err)
			}
			sum += float64(ticks) * 10
		}
	}
	return sum
}

// MainThreadTime returns the processor time that the first thread of a process has
// used so far, in milliseconds: in a window that of its toolkit.
func MainThreadTime(t testing.TB, pid int) float64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/schedstat", pid, pid))
	if err != nil {
		t.Fatal(err)
	}
	var nanoseconds float64
	if _, err := fmt.Sscan(string(text), &nanoseconds); err != nil {
		t.Fatal(err)
	}
	return nanoseconds / 1e6
}

// stat returns the fields of /proc/PID/stat after the name.
func stat(pid int) ([]string, bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil, false
	}
	return strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:])), true
}

// Tree returns a process and all that descend from it.
func Tree(t testing.TB, root int) []int {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	children := map[int][]int{}
	for _, path := range all {
		pid, err := strconv.Atoi(filepath.Base(path))
		if err != nil {
			continue
		}
		if fields, ok := stat(pid); ok {
			parent, _ := strconv.Atoi(fields[1])
			children[parent] = append(children[parent], pid)
		}
	}
	tree := []int{root}
	for i := 0; i < len(tree); i++ {
		tree = append(tree, children[tree[i]]...)
	}
	return tree
}

// ProportionalMemory returns the memory of processes in bytes, what several share
// divided among them.
func ProportionalMemory(t testing.TB, pids ...int) float64 {
	t.Helper()
	sum := 0.0
	for _, pid := range pids {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			var kilobytes float64
			if _, err := fmt.Sscanf(line, "Pss: %f kB", &kilobytes); err == nil {
				sum += kilobytes * 1024
			}
		}
	}
	return sum
}
