package playout

import (
	"testing"
	"time"
)

func TestHoles_AreFrequent_WhileTwoAreNew(t *testing.T) {
	var h holes
	h.note(10, time.Second)
	h.note(10, time.Second) // the same one
	if h.frequent(time.Second) {
		t.Error("one hole is frequent")
	}
	h.note(40, 2*time.Second)
	if !h.frequent(2 * time.Second) {
		t.Error("two within a second are not frequent")
	}
	if h.frequent(time.Second + spareFor) {
		t.Error("they are frequent for ever")
	}
}

func TestArrivals_OneReorderedPacket_IsWaitedForEarlyInACall(t *testing.T) {
	const late = 50 * time.Millisecond
	for _, tt := range []struct {
		before int // packets
		waits  bool
	}{{200, true}, {5000, false}} {
		var a arrivals
		at := time.Duration(0)
		for range tt.before {
			at += frame
			a.add(at, 0, false)
		}
		a.add(at, late, true)
		if waits := a.delay() >= late; waits != tt.waits {
			t.Errorf("after %d packets: waits %v, want %v", tt.before, waits, tt.waits)
		}
	}
}

func TestBuffer_Copy_IsPlayedThoughTheDelayShouldGrow(t *testing.T) {
	l := newLine()
	tr := stream(600, 0, true).delayed(func(i int) time.Duration {
		if i > 500 && i%4 == 0 {
			return -1
		}
		return 0
	})
	l.run(tr, 10*time.Second)
	l.buffer.Hold(maxHold)
	before := l.buffer.Stats()
	l.run(nil, 2*time.Second)
	s := l.buffer.Stats()
	if got := s.ConcealedSamples - before.ConcealedSamples; got != 0 {
		t.Errorf("%d samples concealed though every lost packet has a copy", got)
	}
}
