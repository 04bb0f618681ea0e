package control

import (
	"os"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
)

// Process measures this process: goroutines, open file descriptors, resident bytes,
// and what the program allocated since it began, in objects. What the system does
// not tell is -1.
func Process() map[string]any {
	runtime.GC()
	return map[string]any{
		"goroutines": runtime.NumGoroutine(), "fds": openFiles(), "rss": resident(), "allocations": allocations(),
	}
}

func allocations() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:objects"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return sample[0].Value.Uint64()
}

func openFiles() int {
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return -1
	}
	return len(files) - 1 // one is the folder that was just read
}

func resident() int {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return -1
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return -1
	}
	pages, err := strconv.Atoi(fields[1])
	if err != nil {
		return -1
	}
	return pages * os.Getpagesize()
}
