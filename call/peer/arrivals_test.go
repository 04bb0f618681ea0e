package peer

import (
	"testing"
	"time"

	"parley/call/peer/conn"
)

func TestCountArrivals(t *testing.T) {
	f := &conn.Feedback{Packets: []conn.Fate{{Came: true}, {}, {Came: true, Delta: -7}}}
	if came, missing := countArrivals(f); came != 2 || missing != 1 {
		t.Errorf("%d came, %d did not; want 2 and 1", came, missing)
	}
}

func TestSoundPolicy_TrustsTransportFeedback(t *testing.T) {
	p := newPath(browser)
	for range 30 {
		p.now = p.now.Add(100 * time.Millisecond)
		p.arrived(9, 1, p.now)
	}
	if got := p.plan(false, p.now).settings.Loss; got != 10 {
		t.Errorf("one in ten is a loss of %d %%", got)
	}
	p.reported(0.5, ms(1), p.now)
	if got := p.plan(false, p.now).settings.Loss; got != 10 {
		t.Errorf("an older report makes it %d %%", got)
	}
	p.now = p.now.Add(2 * arrivalStale)
	p.reported(0.5, ms(1), p.now)
	if got := p.plan(false, p.now).settings.Loss; got != 50 {
		t.Errorf("when feedback has ended, a report makes it %d %%", got)
	}
}

func TestArrivals_WaitsForEnough(t *testing.T) {
	var a arrivals
	now := begin
	for i := range 100 { // silence: a packet now and then
		now = now.Add(400 * time.Millisecond)
		fraction, ok := a.add(1, 0, now)
		if ok != (i%arrivalLeast == arrivalLeast-1) || fraction != 0 {
			t.Errorf("packet %d: %v, %v", i, fraction, ok)
		}
	}
}
