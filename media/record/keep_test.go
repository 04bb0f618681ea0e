package record

import (
	"errors"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"
)

// mostLost is how much of a recording a power cut may take: what is put in order,
// the cluster that is open, what waits for its sync, and a step or two.
const mostLost = holdTime + clusterTime + keepPause + 3*tick

// Whenever the power fails, and whatever the disk has of what was written last, what
// is older than some seconds can be read.
func TestRecorder_PowerCut(t *testing.T) {
	for _, takes := range []time.Duration{0, 1500 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			chance := rand.New(rand.NewPCG(uint64(takes), 1))
			s := &shelf{}
			o := s.options()
			parts := (&disk{takes: takes}).on(&o)
			f := feed{New(o), time.Now()}
			cuts := 0
			f.talk(0, 30*time.Second, func(at time.Duration) {
				if at%(170*time.Millisecond) != 0 || at < mostLost+takes {
					return
				}
				cuts++
				got := salvage((*parts)[0].afterPowerCut(chance))
				for track := range 4 {
					if lost := at - time.Duration(got.last(track+1))*time.Millisecond; lost > mostLost+takes {
						t.Errorf("syncs of %v, a cut at %v: of track %d the last %v are lost", takes, at, track+1, lost)
					}
				}
				if got.tracks != 4 {
					t.Errorf("a cut at %v: %d tracks", at, got.tracks)
				}
			})
			if err := f.r.Close(); err != nil || cuts < 20 {
				t.Fatalf("%v, %d cuts", err, cuts)
			}
			d := (*parts)[0]
			if least, most := 8, 16; d.syncs < least || d.syncs > most || d.most != 1 {
				t.Errorf("%d syncs, %d at once", d.syncs, d.most)
			}
			if got := salvage(d.afterPowerCut(chance)); len(got.blocks) != 4*1500 || !d.closed {
				t.Errorf("in the end %d blocks are kept", len(got.blocks))
			}
		})
	}
}

// A disk that takes ages to keep what it was given holds up nothing.
func TestRecorder_SlowSync(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		o := s.options()
		parts := (&disk{hangs: make(chan struct{})}).on(&o)
		f := feed{New(o), time.Now()}
		f.talk(0, 40*time.Second, func(at time.Duration) {
			if at < 5*time.Second || at%(500*time.Millisecond) != 0 {
				return
			}
			synctest.Wait()
			if behind := at - f.written(*parts); behind > holdTime+clusterTime+3*tick {
				t.Errorf("at %v the file is %v behind", at, behind)
			}
		})
		before := time.Now()
		if err := f.r.Close(); !errors.Is(err, ErrSlow) || time.Since(before) != closeLimit || len(s.ended) > 0 {
			t.Errorf("closing: %v after %v; told %v", err, time.Since(before), s.ended)
		}
		d := (*parts)[0]
		if d.syncs != 1 {
			t.Errorf("%d syncs", d.syncs)
		}
		close(d.hangs)
		<-f.r.done
		if got := salvage(d.kept); len(got.blocks) != 4*2000 || !d.closed || d.most != 1 {
			t.Errorf("%d blocks are kept, %d syncs at once", len(got.blocks), d.most)
		}
	})
}

// written returns how far the first part is.
func (f feed) written(parts []*disk) time.Duration {
	if len(parts) == 0 {
		return 0
	}
	return time.Duration(salvage(parts[0].content()).last(1)) * time.Millisecond
}

// A disk that says that it has lost something ends the recording.
func TestRecorder_SyncThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		o := s.options()
		parts := (&disk{fails: errNoSpace}).on(&o)
		f := feed{New(o), time.Now()}
		f.talk(0, 10*time.Second, nil)
		if err := f.r.Close(); !errors.Is(err, errNoSpace) || len(s.ended) != 1 || !errors.Is(s.ended[0], errNoSpace) {
			t.Errorf("closing: %v, told %v", err, s.ended)
		}
		if got := salvage((*parts)[0].content()); got.last(1) < 1000 || got.last(1) > 5000 || !(*parts)[0].closed {
			t.Errorf("the recording ends at %d ms", got.last(1))
		}
	})
}

// The file of a part that has ended is closed while the next is written, however
// long that takes; all are when the recording is.
func TestRecorder_PartsAreClosedBeside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		o := s.options()
		parts := (&disk{takes: 1400 * time.Millisecond}).on(&o)
		f := feed{New(o), time.Now()}
		f.run(0, 20*time.Second, func(at time.Duration) {
			f.sound(theirSound, at)
			codec, content := "video/VP8", []byte{1}
			if at >= 10*time.Second {
				codec, content = "video/H264", h264Key
			}
			f.picture(theirPicture, codec, at, at%time.Second == 0, content)
			synctest.Wait()
			if at != 12200*time.Millisecond {
				return
			}
			if len(*parts) != 2 || (*parts)[0].closed || salvage((*parts)[1].content()).last(1) < 0 {
				t.Error("the second part waits for the first to be closed")
			}
		})
		if err := f.r.Close(); err != nil {
			t.Fatal(err)
		}
		for i, p := range *parts {
			if got := salvage(p.kept); len(got.blocks) < 900 || !p.closed {
				t.Errorf("part %d: %d blocks of %d tracks are kept, to %d and %d ms", i, len(got.blocks), got.tracks, got.last(1), got.last(2))
			}
		}
	})
}
