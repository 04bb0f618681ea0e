package peer

import (
	"errors"
	"image"
	"testing"
	"time"

	"parley/call/peer/congestion"
	"parley/media"
)

var hd = source{width: 1280, height: 720, framesPerSecond: 30}

// climb plays so much time on a ladder, and returns the last rung and how often
// it changed.
func climb(l *ladder, s source, bps float64, from time.Time, d time.Duration) (rung, int) {
	at, changes := l.choose(s, bps, false, from), 0
	for t := from; t.Before(from.Add(d)); t = t.Add(ms(33)) {
		now := l.choose(s, bps, false, t)
		if now != at {
			changes++
		}
		at = now
	}
	return at, changes
}

func TestLadder_SizeFollowsTheRate(t *testing.T) {
	last := 10_000
	for _, row := range []struct {
		bps           float64
		width, height int
		frames        float64
	}{
		{2_500_000, 1280, 720, 30},
		{1_100_000, 1280, 720, 30},
		{800_000, 960, 540, 30},
		{450_000, 640, 360, 30},
		{320_000, 640, 360, 20},
		{190_000, 426, 240, 20},
		{60_000, 320, 180, 10},
		{1_000, 320, 180, 10},
	} {
		var l ladder
		r, _ := climb(&l, hd, row.bps, begin, 10*time.Second)
		width, height := r.size(hd)
		if width != row.width || height != row.height || min(r.framesPerSecond, 30) != row.frames {
			t.Errorf("at %.0f bit/s: %dx%d at %.0f a second, want %dx%d at %.0f", row.bps, width, height, r.framesPerSecond, row.width, row.height, row.frames)
		}
		if width > last {
			t.Errorf("less rate, larger picture: %d", width)
		}
		last = width
	}
}

func TestLadder_TextKeepsItsSize(t *testing.T) {
	var l ladder
	s := hd
	s.detail = true
	if r, _ := climb(&l, s, 300_000, begin, 10*time.Second); r.scale != 1 || r.framesPerSecond >= 15 {
		t.Errorf("text at 300 kbit/s: %+v", r)
	}
	if r, _ := climb(&l, s, 40_000, begin.Add(30*time.Second), 10*time.Second); r.scale != 1 || r.framesPerSecond > 1 {
		t.Errorf("text at 40 kbit/s: %+v", r)
	}
	s.detail = false
	if r, _ := climb(&l, s, 300_000, begin.Add(time.Minute), 10*time.Second); r.scale == 1 {
		t.Errorf("and then the camera: %+v", r)
	}
}

func TestLadder_DoesNotFlap(t *testing.T) {
	var l ladder
	l.choose(hd, 2_000_000, false, begin)
	changes, at := 0, l.rungs[0]
	for i := range 120 * 30 {
		bps := 900_000.0 // above what 720p needs at least for 3 s, then below for 3
		if i/90%2 == 0 {
			bps = 700_000
		}
		if r := l.choose(hd, bps, false, begin.Add(time.Duration(i)*ms(33))); r != at {
			at = r
			changes++
		}
	}
	if changes > 12 {
		t.Errorf("the size changed %d times in two minutes", changes)
	}
}

// A fall that is deep is followed at once, a small one when it lasts.
func TestLadder_FallsInTime(t *testing.T) {
	for _, row := range []struct {
		bps  float64
		most time.Duration
	}{{200_000, 0}, {700_000, time.Second}} {
		var l ladder
		l.choose(hd, 2_000_000, false, begin)
		now := begin.Add(time.Minute)
		took := time.Duration(0)
		for l.choose(hd, row.bps, false, now.Add(took)).scale == 1 && took < 10*time.Second {
			took += ms(33)
		}
		if took > row.most {
			t.Errorf("the fall to %.0f is followed after %v", row.bps, took)
		}
		if l.reason() != byBandwidth {
			t.Errorf("the reason is %q", l.reason())
		}
	}
}

func TestLadder_AProcessorThatIsTooSlow(t *testing.T) {
	var l ladder
	l.choose(hd, 3_000_000, false, begin)
	now := begin
	// A machine that encodes 720p in 60 ms, and less in proportion.
	run := func(frames int, full time.Duration) (changes int) {
		at := l.choose(hd, 3_000_000, false, now)
		for range frames {
			now = now.Add(ms(33))
			r := l.choose(hd, 3_000_000, false, now)
			l.encoded(time.Duration(float64(full)*r.scale*r.scale), ms(33), now)
			if r != at {
				changes++
			}
			at = r
		}
		return changes
	}
	if changes := run(30*60, ms(60)); changes > 6 {
		t.Errorf("in a minute the size changed %d times", changes)
	}
	if r := l.choose(hd, 3_000_000, false, now); r.scale > 0.75 || l.reason() != byProcessor {
		t.Errorf("with a slow processor: %+v for %q", r, l.reason())
	}
	run(30*600, ms(4))
	if r := l.choose(hd, 3_000_000, false, now); r.scale != 1 || l.reason() != unlimited {
		t.Errorf("when it is quick again: %+v for %q", r, l.reason())
	}
}

// working plays so much time on a ladder with a processor that takes so long for a frame
// of a scale, and returns the last rung and how often it changed.
func working(l *ladder, s source, takes func(scale float64) time.Duration, from time.Time, d time.Duration) (at rung, changes int) {
	at = l.choose(s, 8_000_000, false, from)
	for now := from; now.Before(from.Add(d)); {
		interval := time.Duration(float64(time.Second) / min(at.framesPerSecond, s.framesPerSecond))
		now = now.Add(interval)
		l.encoded(takes(at.scale), interval, now)
		if r := l.choose(s, 8_000_000, false, now); r != at {
			at = r
			changes++
		}
	}
	return at, changes
}

// byPixels is a processor that takes so long for a frame of full size.
func byPixels(full time.Duration) func(scale float64) time.Duration {
	return func(scale float64) time.Duration { return time.Duration(float64(full) * scale * scale) }
}

// Something else takes the processor for a while. Then the picture is whole again, at
// all the frames that there are, where it takes half of the processor, too.
func TestLadder_RecoversFromOverload(t *testing.T) {
	for _, detail := range []bool{false, true} {
		for _, frames := range []float64{15, 30} {
			for _, full := range []time.Duration{ms(2), ms(8), ms(16)} {
				var l ladder
				s := source{width: 1280, height: 720, framesPerSecond: frames, detail: detail}
				if r, _ := working(&l, s, byPixels(ms(150)), begin, 20*time.Second); r == l.rungs[0] {
					t.Fatalf("there is no overload")
				}
				r, changes := working(&l, s, byPixels(full), begin.Add(20*time.Second), time.Minute)
				if r != l.rungs[0] || l.reason() != unlimited || changes > 4 {
					t.Errorf("with %v a frame of %.0f a second, text %v: %+v for %q after %d changes", full, frames, detail, r, l.reason(), changes)
				}
			}
		}
	}
}

// A size that is too much, and of which the one below does not show that, is not tried
// again and again.
func TestLadder_DoesNotFlapForTheProcessor(t *testing.T) {
	for name, takes := range map[string]func(scale float64) time.Duration{
		"by pixels": byPixels(ms(27)),
		"a cliff": func(scale float64) time.Duration {
			if scale == 1 {
				return ms(30)
			}
			return ms(6)
		},
	} {
		var l ladder
		_, changes := working(&l, hd, takes, begin, 10*time.Minute)
		if changes > 24 {
			t.Errorf("%s: the size changed %d times in ten minutes", name, changes)
		}
	}
}

func TestLadder_SmallPictures(t *testing.T) {
	for _, s := range []source{{160, 120, 30, false}, {2, 2, 30, false}, {1, 1, 30, false}, {7680, 4320, 30, false}} {
		var l ladder
		r, _ := climb(&l, s, 1000, begin, 10*time.Second)
		width, height := r.size(s)
		if width < 1 || height < 1 || width > s.width && s.width > 1 {
			t.Errorf("%+v is sent as %dx%d", s, width, height)
		}
	}
}

func TestSourcePace(t *testing.T) {
	var p sourcePace
	for i := range 100 {
		p.take(begin.Add(time.Duration(i)*ms(66)), 30)
	}
	if got := p.framesPerSecond(); got < 14 || got > 18 {
		t.Errorf("a camera of 15 pictures a second is told to have %.1f", got)
	}
	p.take(begin.Add(time.Hour), 30)
	p.take(begin, 30)
	if got := p.framesPerSecond(); got < 14 || got > 18 {
		t.Errorf("after a pause it is told to have %.1f", got)
	}
}

func TestThinning(t *testing.T) {
	for _, row := range []struct{ most, want float64 }{{60, 30}, {30, 30}, {20, 20}, {15, 15}, {10, 10}, {3, 3}} {
		var thin thinning
		sent := 0
		for i := range 300 {
			jitter := time.Duration(i%3-1) * ms(4)
			if thin.pass(begin.Add(time.Duration(i)*time.Second/30+jitter), row.most) {
				sent++
			}
		}
		if got := float64(sent) / 10; got < 0.93*row.want || got > 1.07*row.want {
			t.Errorf("of 30 a second at most %.0f: %.1f are sent, want %.0f", row.most, got, row.want)
		}
	}
	var thin thinning
	thin.pass(begin.Add(time.Hour), 30)
	if !thin.pass(begin, 30) {
		t.Error("a clock that is set back stops the picture")
	}
}

// fixedRoute is a path that never changes.
type fixedRoute struct {
	target  float64
	backlog time.Duration
	most    float64
}

func (r *fixedRoute) Estimate(time.Time) congestion.Estimate {
	return congestion.Estimate{Target: r.target, Lasting: r.target}
}
func (r *fixedRoute) Backlog() time.Duration          { return r.backlog }
func (r *fixedRoute) Use(most float64, _ time.Time)   { r.most = most }
func (r *fixedRoute) Supersede(uint32, uint16, uint8) {}

func testShaper(r *fixedRoute) *shaper {
	c := Config{Scale: func(to, from *image.YCbCr) error { return nil }}.withDefaults()
	s := newShaper(&c, quietLog)
	s.path, s.soundWire = r, func() float64 { return 66_000 }
	return s
}

func picture(width, height int, at time.Duration) *media.Frame {
	var pool media.Pool
	f := pool.Get(width, height)
	f.Captured = begin.Add(at)
	return f
}

// Sound and picture together never take more than the path has.
func TestShaper_SoundFirst(t *testing.T) {
	for _, target := range []float64{100_000, 150_000, 300_000, 700_000, 1_500_000, 4_000_000} {
		s := testShaper(&fixedRoute{target: target})
		to, _ := s.next(picture(1280, 720, 0), false, begin)
		total := 66_000 + onWire(float64(to.settings.Bitrate), to.settings.FramesPerSecond)
		if to.none {
			total = 66_000
		}
		if total > target {
			t.Errorf("of %.0f bit/s %.0f are used: %+v", target, total, to)
		}
	}
}

func TestShaper_NoPictureWhereOnlySoundFits(t *testing.T) {
	s := testShaper(&fixedRoute{target: 70_000})
	if to, due := s.next(picture(1280, 720, 0), false, begin); due || !to.none || to.reason != byBandwidth {
		t.Errorf("with 4 kbit/s left: %+v, %v", to, due)
	}
	if s.yields.Load() {
		t.Error("what is not sent cannot yield")
	}
}

func TestShaper_SkipsFramesWhileThoseBeforeWait(t *testing.T) {
	r := &fixedRoute{target: 2_000_000, backlog: 150 * time.Millisecond}
	s := testShaper(r)
	if _, due := s.next(picture(1280, 720, 0), false, begin); due {
		t.Error("a frame is sent although 150 ms wait")
	}
	r.backlog = ms(50)
	if _, due := s.next(picture(1280, 720, ms(33)), false, begin.Add(ms(33))); !due {
		t.Error("a frame is not sent although little waits")
	}
	if r.most < 2_500_000 || r.most > 3_500_000 {
		t.Errorf("%.0f bit/s are looked for", r.most)
	}
}

// A source that was measured a little too slow loses nothing by it.
func TestShaper_AllFramesWhereNoFewerAreWanted(t *testing.T) {
	s := testShaper(&fixedRoute{target: 4_000_000})
	at := time.Duration(0)
	for i := range 240 {
		interval := ms(40)
		if i >= 60 {
			interval = ms(36) // too little of a change to be told
		}
		at += interval
		if _, due := s.next(picture(1280, 720, at), false, begin.Add(at)); !due {
			t.Fatalf("frame %d, %v after the one before, is not sent", i, interval)
		}
	}
}

func TestShaper_TheUsersLimit(t *testing.T) {
	s := testShaper(&fixedRoute{target: 4_000_000})
	s.config.MaxVideoBitrate = 400_000
	to, _ := s.next(picture(1280, 720, 0), false, begin)
	if to.settings.Bitrate > 400_000 || to.width == 1280 || to.reason != byOther {
		t.Errorf("with a limit of 400 kbit/s: %+v", to)
	}
}

func TestShaper_WhatCannotBeScaledIsSentAsItIs(t *testing.T) {
	s := testShaper(&fixedRoute{target: 300_000})
	s.config.Scale = func(_, _ *image.YCbCr) error { return errors.New("no") }
	f := picture(1280, 720, 0)
	to, _ := s.next(f, false, begin)
	if to.width == 1280 {
		t.Fatalf("nothing to scale: %+v", to)
	}
	got := s.fit(f, to)
	defer got.Release()
	if got.Width() != 1280 {
		t.Errorf("the picture is %d wide", got.Width())
	}
	if to, _ := s.next(picture(1280, 720, ms(33)), false, begin.Add(ms(33))); to.width != 1280 {
		t.Errorf("scaling is tried again: %+v", to)
	}
}

func TestShaper_KeepsTheMomentOfCapture(t *testing.T) {
	s := testShaper(&fixedRoute{target: 300_000})
	f := picture(1280, 720, ms(5))
	f.Number = 7
	to, _ := s.next(f, false, begin)
	small := s.fit(f, to)
	defer small.Release()
	if small.Width() != to.width || !small.Captured.Equal(f.Captured) || small.Number != 7 {
		t.Errorf("a picture of %d from %v, number %d", small.Width(), small.Captured, small.Number)
	}
}
