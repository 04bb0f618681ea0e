package camera

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"parley/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// scene is a running pump and who watches it.
type scene struct {
	*testing.T
	*stage
	*Pump
	*viewer
}

// run runs a test with a pump in virtual time.
func run(t *testing.T, s *stage, first media.Choice, test func(scene)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var feed media.Feed
		v := watch(&feed)
		p := Start(Settings{Feed: &feed, Choice: first, Format: small, Open: s.Open, Report: s.report})
		test(scene{t, s, p, v})
		for range 2 {
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		}
		feed.Close()
		<-v.done
		if s.openNow() != 0 {
			t.Errorf("%d sources are open after the end", s.openNow())
		}
	})
}

// pass lets virtual time pass and waits until everything is quiet.
func pass(d time.Duration) {
	time.Sleep(d) //nolint:forbidigo // virtual
	synctest.Wait()
}

func TestPumpIsPacedExactly(t *testing.T) {
	run(t, &stage{}, media.Pattern, func(s scene) {
		began := time.Now()
		pass(time.Minute)
		got := s.since()
		if len(got) < 60*30 || len(got) > 60*30+1 {
			s.Errorf("%d frames in a minute", len(got))
		}
		for i, f := range got {
			if f.number != uint64(i) || !f.coded {
				s.Fatalf("frame %d is %+v", i, f)
			}
			if at := began.Add(time.Duration(i) * (time.Second / 30)); !f.captured.Equal(at) {
				s.Fatalf("frame %d was captured at %v, want %v", i, f.captured, at)
			}
		}
	})
}

func TestPumpReportsWhatItUses(t *testing.T) {
	s := &stage{}
	run(t, s, cam, func(s scene) {
		pass(time.Second)
		s.Choose(media.Pattern)
		pass(time.Second)
		s.Mute(true)
		pass(time.Second)
		s.Mute(false)
		pass(time.Second)
		want := []Report{
			{Choice: cam, Using: "Fake cam"},
			{Choice: media.Pattern, Using: "pattern"},
			{Choice: media.Pattern},
			{Choice: media.Pattern, Using: "pattern"},
		}
		if !slices.Equal(s.reports, want) {
			s.Errorf("%+v", s.reports)
		}
	})
}

// A camera that is pulled out in a call gives way to a moving placeholder, and
// comes back by itself.
func TestPumpFallsBackAndRecovers(t *testing.T) {
	s := &stage{}
	run(t, s, cam, func(s scene) {
		pass(time.Second)
		before := s.since()
		s.breakDown()
		pass(20 * time.Second)
		if r := s.lastReport(); !errors.Is(r.Err, errBroken) || r.Using != "" || r.Choice != cam {
			s.Errorf("report: %+v", r)
		}
		if len(s.reports) != 2 { // using, broken
			s.Errorf("%d reports: the same failure is told again and again", len(s.reports))
		}
		during := s.since()
		if n := len(during); n < 19*placeholderRate || n > 21*placeholderRate {
			s.Errorf("%d frames of placeholder in 20 s", n)
		}
		s.repair()
		pass(3 * time.Second)
		if r := s.lastReport(); r.Err != nil || r.Using != "Fake cam" {
			s.Errorf("report: %+v", r)
		}
		after := s.since()
		if !after[len(after)-1].coded || during[len(during)-1].coded {
			s.Error("the wrong source is shown")
		}
		// At the moment of a change two frames come at once, of which one is seen.
		const changes = 2
		if all := slices.Concat(before, during, after); missing(all) > changes {
			s.Errorf("%d frame numbers were left out", missing(all))
		}
	})
}

// missing counts the numbers that were left out. Numbers and times that go back
// count for many.
func missing(all []seen) uint64 {
	var n uint64
	for i := 1; i < len(all); i++ {
		n += all[i].number - all[i-1].number - 1
		if all[i].captured.Before(all[i-1].captured) {
			n += 1 << 32
		}
	}
	return n
}

func TestPumpWithoutACamera(t *testing.T) {
	s := &stage{fail: ErrNoCamera}
	run(t, s, media.DefaultDevice, func(s scene) {
		pass(time.Minute)
		if len(s.reports) != 1 || !errors.Is(s.reports[0].Err, ErrNoCamera) {
			s.Errorf("reports: %+v", s.reports)
		}
		if n := len(s.since()); n < 59*placeholderRate {
			s.Errorf("%d frames of placeholder in a minute", n)
		}
	})
}

func TestPumpShowsAStillWhileACameraOpensSlowly(t *testing.T) {
	s := &stage{slow: 1500 * time.Millisecond}
	run(t, s, cam, func(s scene) {
		pass(graceTime - time.Millisecond)
		if n := len(s.since()); n != 0 {
			s.Errorf("%d frames at once", n)
		}
		pass(time.Second)
		if got := s.since(); len(got) != 2 || !got[0].dark {
			s.Errorf("%+v instead of a still", got)
		}
		pass(time.Second)
		if got := s.since(); len(got) < 20 || !got[len(got)-1].coded {
			s.Errorf("%d frames after it opened", len(got))
		}
		s.Choose(choice("other")) // and is closed again before it is open
		pass(time.Millisecond)
		s.Choose(media.Off)
		pass(time.Second)
		if s.openNow() != 0 {
			s.Error("a camera stayed open")
		}
	})
}

func TestPumpMuteClosesTheCamera(t *testing.T) {
	s := &stage{}
	run(t, s, cam, func(s scene) {
		pass(time.Second)
		s.Mute(true)
		s.Mute(true)
		pass(time.Millisecond)
		if s.openNow() != 0 {
			s.Error("the camera is open while muted")
		}
		s.since()
		pass(10 * time.Second)
		got := s.since()
		if n := len(got); n < 10*stillRate-1 || n > 10*stillRate+1 {
			s.Errorf("%d frames in 10 s", n)
		}
		for _, f := range got {
			if !f.dark || f.coded || f.width != small.Width {
				s.Fatalf("%+v is no still", f)
			}
		}
		s.Choose(choice("other")) // while muted: nothing opens
		pass(time.Second)
		if s.openNow() != 0 {
			s.Error("a camera opened while muted")
		}
		s.Mute(false)
		pass(time.Second)
		if r := s.lastReport(); r.Using != "Fake other" || s.openNow() != 1 {
			s.Errorf("report: %+v", r)
		}
	})
}

func TestPumpExchangesSourceAndFormat(t *testing.T) {
	s := &stage{}
	run(t, s, cam, func(s scene) {
		pass(time.Second)
		s.Choose(cam) // the same: nothing happens
		s.ChooseIn(cam, small)
		pass(time.Second)
		if s.opened != 1 {
			s.Errorf("opened %d times", s.opened)
		}
		s.ChooseIn(cam, Format{320, 180, 10})
		pass(time.Second)
		s.since()
		pass(10 * time.Second)
		got := s.since()
		if len(got) < 99 || len(got) > 101 || got[0].width != 320 {
			s.Errorf("%d frames of width %d", len(got), got[0].width)
		}
		if s.opened != 2 || s.openNow() != 1 {
			s.Errorf("opened %d times, %d open", s.opened, s.openNow())
		}
	})
}

func TestPumpClosesAtOnce(t *testing.T) {
	for name, s := range map[string]*stage{
		"before it opened": {slow: time.Hour},
		"without a camera": {fail: ErrNoCamera},
		"in use":           {},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, s, cam, func(s scene) {
				pass(time.Second)
				began := time.Now()
				if err := s.Close(); err != nil || time.Since(began) > time.Millisecond {
					s.Errorf("%v after %v", err, time.Since(began))
				}
				s.Choose(media.Pattern)
				s.Mute(true)
			})
		})
	}
}

func TestPumpAllocatesNothing(t *testing.T) {
	s := newPattern(small)
	s.pacer.interval = 0 // at once
	var feed media.Feed
	n := testing.AllocsPerRun(100, func() {
		f, err := s.Next(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		feed.Publish(f)
	})
	if n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}
