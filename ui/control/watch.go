package control

import (
	"slices"
	"sync"
	"time"

	"parley/media"
	"parley/media/pattern"
)

// Watch reads the code of media/pattern off every remote picture, so that
// freshness, order and loss can be told from what really arrived. It is a
// media.VideoSink.
type Watch struct {
	mu     sync.Mutex
	frames uint64 // with a code
	last   uint32
	lost   uint64 // numbers that were skipped
	back   uint64 // numbers that were not larger than the one before
	ages   []time.Duration
}

// agesKept is how many of the last ages the median is taken of: 5 s at 30 fps.
const agesKept = 150

// Show implements media.VideoSink.
func (w *Watch) Show(f *media.Frame) {
	code, ok := pattern.Read(f.Image)
	if !ok {
		return
	}
	age := code.Age(time.Now())
	w.mu.Lock()
	defer w.mu.Unlock()
	if step := int32(code.Number - w.last); w.frames > 0 && step > 0 { // they wrap
		w.lost += uint64(step - 1)
	} else if w.frames > 0 {
		w.back++
	}
	w.frames++
	w.last = code.Number
	if len(w.ages) == agesKept {
		w.ages = append(w.ages[:0], w.ages[1:]...)
	}
	w.ages = append(w.ages, age)
}

// reading returns what a stats event says under "pattern", or nil without a code.
func (w *Watch) reading() map[string]any {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.frames == 0 {
		return nil
	}
	return map[string]any{
		"frames": w.frames, "number": w.last, "skipped": w.lost, "outOfOrder": w.back, "ageMs": median(w.ages).Milliseconds(),
	}
}

func median(of []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}
