package codec

import (
	"testing"
	"time"

	"parley/media"
)

func TestRateIsFollowed(t *testing.T) {
	for _, mime := range coded {
		e, c := newEncoder(t, mime, 300_000), newCamera(320, 180).grain()
		for _, bps := range []int{300_000, 900_000, 200_000} {
			if err := e.Adapt(media.VideoSettings{Bitrate: bps}); err != nil {
				t.Fatal(err)
			}
			packets(t, e, c, 60) // to settle
			bytes := 0
			for _, p := range packets(t, e, c, 90) {
				bytes += len(p)
			}
			if got := float64(bytes) * 8 / 3 / float64(bps); got < 0.7 || got > 1.2 {
				t.Errorf("%s: %.2f of %d bit/s", mime, got, bps)
			}
		}
	}
}

func TestRateFollowsTheTimesOfTheFrames(t *testing.T) {
	for _, mime := range coded {
		e, c := newEncoder(t, mime, 400_000), newCamera(320, 180).grain()
		bytes := 0
		for i := range 120 {
			f := c.next()
			f.Captured = start.Add(time.Duration(i) * time.Second / 10)
			if n := len(encode(t, e, f, false)); i >= 60 {
				bytes += n
			}
			f.Release()
		}
		if got := float64(bytes) * 8 / 6 / 400_000; got < 0.7 || got > 1.2 {
			t.Errorf("%s: %.2f of the rate at 10 frames/s", mime, got)
		}
	}
}

// A machine that is busy for a moment misses a frame, or delivers one late and
// the next right behind it. The frames that follow must not pay for it.
func TestRateSurvivesAnUnevenFrame(t *testing.T) {
	late := func(at uint64, by time.Duration) func(*media.Frame) bool {
		return func(f *media.Frame) bool {
			if f.Number == at {
				f.Captured = f.Captured.Add(by)
			}
			return true
		}
	}
	missing := func(at uint64) func(*media.Frame) bool {
		return func(f *media.Frame) bool { return f.Number != at }
	}
	for _, mime := range coded {
		for name, keep := range map[string]func(*media.Frame) bool{
			"second missing": missing(1), "later missing": missing(40), "late": late(40, 16*time.Millisecond), "very late": late(40, 32*time.Millisecond),
		} {
			e, c := newEncoder(t, mime, 400_000), newCamera(320, 180).grain()
			bytes, encoded := 0, 0
			for range 120 {
				f := c.next()
				if keep(f) {
					n := len(encode(t, e, f, false))
					bytes += n
					encoded += min(n, 1)
				}
				f.Release()
			}
			if got := float64(bytes) * 8 / 4 / 400_000; encoded < 115 || got < 0.7 || got > 1.3 {
				t.Errorf("%s, %s: %d of 120 frames, %.2f of the rate", mime, name, encoded, got)
			}
		}
	}
}

// The settings may change at any frame, and the picture goes on.
func TestAdapt(t *testing.T) {
	for _, mime := range coded {
		e, d, c := newEncoder(t, mime, 800_000), newDecoder(t, mime), newCamera(320, 180)
		for i, s := range []media.VideoSettings{
			{Bitrate: 800_000},
			{Bitrate: 800_000, Detail: true},
			{Bitrate: 300_000, Detail: true, FramesPerSecond: 5},
			{Bitrate: 300_000},
			{Bitrate: 1, FramesPerSecond: 1e9},
			{Bitrate: 1 << 40, FramesPerSecond: 1e-9},
		} {
			if err := e.Adapt(s); err != nil {
				t.Fatal(err)
			}
			for _, packet := range packets(t, e, c, 5) {
				f, err := d.Decode(packet)
				if err != nil || f == nil {
					t.Fatalf("%s, settings %d: %v", mime, i, err)
				}
				f.Release()
			}
		}
	}
}
