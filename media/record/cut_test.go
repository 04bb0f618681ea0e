package record

import (
	"testing"
	"testing/synctest"
	"time"
)

// Wherever a file ends, all blocks that are whole until there can be read, and its
// head has the tracks.
func TestRecorder_CutAnywhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		f := feed{New(s.options()), time.Now()}
		f.talk(0, 3*time.Second, nil)
		if err := f.r.Close(); err != nil {
			t.Fatal(err)
		}
		data := s.parts[0].content()
		whole := salvage(data)
		if len(whole.blocks) != 4*150 || whole.tracks != 4 {
			t.Fatalf("%d blocks of %d tracks", len(whole.blocks), whole.tracks)
		}
		fits := 0
		for cut := headEnd; cut <= len(data); cut += 61 {
			for fits < len(whole.blocks) && whole.blocks[fits].end <= cut {
				fits++
			}
			if got := salvage(data[:cut]); len(got.blocks) != fits || got.tracks != 4 {
				t.Fatalf("cut at %d of %d: %d blocks of %d tracks, want %d", cut, len(data), len(got.blocks), got.tracks, fits)
			}
			if cut%256 == 0 {
				readAnything(data[:cut])
			}
		}
		if fits < 4*149 {
			t.Errorf("only %d blocks were cut", fits)
		}
		for cut := 0; cut < headEnd; cut += 11 {
			readAnything(data[:cut])
		}
	})
}

// What a program has written when it is ended is as far as a second or two before,
// and the head says how long that is.
func TestRecorder_HeadKnowsTheLength(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		f := feed{New(s.options()), time.Now()}
		f.talk(0, 6*time.Second, func(at time.Duration) {
			if at < 3*time.Second || at%(140*time.Millisecond) != 0 {
				return
			}
			synctest.Wait()
			data := s.parts[0].content()
			length := time.Duration(read(t, data).Segment.Info.Duration) * time.Millisecond
			last := time.Duration(salvage(data).last(1)) * time.Millisecond
			if at-last > holdTime+clusterTime+3*tick || length < last || length-last > 40*time.Millisecond {
				t.Errorf("at %v the file ends at %v and has a length of %v", at, last, length)
			}
		})
		if err := f.r.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
