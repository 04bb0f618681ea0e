package soundtest

import (
	"context"

	"parley/media"
)

// record keeps what the microphone hears. It ends with ctx, with the feed, or
// when there is enough.
func (t *Test) record(ctx context.Context) {
	if t.sound == nil {
		t.sound = make([]int16, 0, most)
	}
	t.sound = t.sound[:0]
	var all tally
	t.update(func(r *Reading) { r.Recorded, r.Peak, r.RMS, r.Verdict = 0, 0, 0, Unknown })
	l := t.o.Feed.Listen()
	defer l.Close()
	var s media.Sound
	for len(t.sound)+media.StepSamples <= most && l.Next(ctx, &s) == nil {
		t.sound = append(t.sound, s.Samples[:]...)
		level := all.add(&s.Samples, t.raw(), t.o.Missing != nil && t.o.Missing())
		t.update(func(r *Reading) {
			all.fill(r)
			r.Level, r.Position = level, r.Recorded
		})
	}
	t.update(all.fill)
}

func (t *Test) raw() float32 {
	if t.o.Raw == nil {
		return 0
	}
	return t.o.Raw()
}
