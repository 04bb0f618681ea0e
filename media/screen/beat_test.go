package screen

import (
	"testing"
	"time"
)

func TestBeat_RefinesWhatHasChanged(t *testing.T) {
	b, now := newBeat(15), time.Now()
	sent := 0
	b.sends(now, true)
	begun := now
	for ; now.Sub(begun) < 10*time.Second; now = now.Add(b.interval) {
		if send, _ := b.again(now); send {
			sent++
			b.sends(now, false)
		}
	}
	// Every second beat for three seconds, and then once a second.
	if want := 15/refineRest*3 + 7; sent < want-2 || sent > want+2 {
		t.Errorf("sent %d times in ten seconds, want about %d", sent, want)
	}
}
