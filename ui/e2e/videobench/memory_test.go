//go:build e2e

package videobench

import (
	"context"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/media"
	"parley/ui/e2e/lab"
)

// counter counts what is shown.
type counter struct{ frames atomic.Int64 }

func (c *counter) Show(*media.Frame) { c.frames.Add(1) }

// BenchmarkAllocations counts what sending and receiving allocate for each frame, by
// who allocates: the first function of a call stack that is not Go's own.
func BenchmarkAllocations(b *testing.B) {
	defer func(rate int) { runtime.MemProfileRate = rate }(runtime.MemProfileRate)
	runtime.MemProfileRate = 1 // every one
	clip := shoot(hd())
	var source media.Feed
	shown := &counter{}
	sends, shows := newSide(b, config(&source, nil)), newSide(b, config(nil, shown))
	shows.open(1, nil, sends)
	sends.open(0, nil, shows)
	ctx, stop := context.WithCancel(b.Context())
	var camera sync.WaitGroup
	camera.Go(func() { clip.play(ctx, &source, &shutter{}) })
	select {
	case <-sends.up:
	case <-time.After(20 * time.Second):
		b.Fatal("the two do not connect")
	}
	lab.Pass(ctx, warmUp)
	frames, before := shown.frames.Load(), allocated()
	lab.Pass(ctx, measure)
	after := allocated()
	frames = shown.frames.Load() - frames
	stop()
	camera.Wait()
	sends.close()
	shows.close()
	for _, who := range []string{ours, pions, others} {
		results.Add("720p30, allocations of both ends, of "+who, "1/frame", float64(after[who]-before[who])/float64(frames))
	}
}

// Who allocates.
const (
	ours   = "Parley"
	pions  = "pion"
	others = "Go's library and others"
)

// allocated returns the number of objects that were allocated so far.
func allocated() map[string]int64 {
	runtime.GC() // a profile is as of the last one but one
	runtime.GC()
	records := make([]runtime.MemProfileRecord, 1<<16)
	n, _ := runtime.MemProfile(records, true)
	sums := map[string]int64{}
	for _, r := range records[:n] {
		sums[allocator(r.Stack())] += r.AllocObjects
	}
	return sums
}

func allocator(stack []uintptr) string {
	frames := runtime.CallersFrames(stack)
	for {
		frame, more := frames.Next()
		switch {
		case strings.HasPrefix(frame.Function, "parley/ui/e2e"):
			return "the benchmark"
		case strings.HasPrefix(frame.Function, "parley/"):
			return ours
		case strings.HasPrefix(frame.Function, "github.com/pion/"):
			return pions
		case !more:
			return others
		}
	}
}
