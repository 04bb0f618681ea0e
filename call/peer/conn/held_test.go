package conn

import (
	"errors"
	"testing"
	"time"

	"github.com/pion/rtp"
)

func TestHeld(t *testing.T) {
	var h held
	begin := time.Unix(1, 0)
	at := func(n int) time.Time { return begin.Add(time.Duration(n) * ms) }
	h.read(at(0)) // what nobody handed over
	if h.last() != 0 {
		t.Errorf("nothing waited for %v", h.last())
	}
	full := errors.New("full")
	for i := range 1000 {
		if err := h.put(at(i), func() error { return nil }); err != nil {
			t.Fatal(err)
		}
		if err := h.put(at(i), func() error { return full }); !errors.Is(err, full) {
			t.Fatal(err)
		}
		if i%2 == 1 {
			h.read(at(i))
		}
		if want := time.Duration(i-i/2) * ms; i%2 == 1 && h.last() != want {
			t.Fatalf("packet %d waited for %v, want %v", i/2, h.last(), want)
		}
	}
	for i := 500; i < 1000; i++ {
		if h.read(at(1000)); h.last() != time.Duration(1000-i)*ms {
			t.Fatalf("packet %d waited for %v", i, h.last())
		}
	}
}

// What waits is told of the stream in which it is read, whoever sends it.
func TestSplice_TellsHowLongPacketsWaited(t *testing.T) {
	d := newDesk(t, described)
	d.come(rtp.Header{SSRC: 2, PayloadType: 96, SequenceNumber: 7}, 1)
	d.time = d.time.Add(time.Second)
	d.come(rtp.Header{SSRC: 88, PayloadType: 96, SequenceNumber: 7000}, 1)
	d.time = d.time.Add(time.Second)
	for _, want := range []time.Duration{2 * time.Second, time.Second} {
		if d.next(2) == nil || d.waited(2) != want {
			t.Errorf("it waited for %v, want %v", d.waited(2), want)
		}
	}
	if d.waited(1) != 0 || d.waited(4711) != 0 {
		t.Error("what was never read waited")
	}
}
