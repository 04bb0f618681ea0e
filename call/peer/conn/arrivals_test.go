package conn

import (
	"slices"
	"testing"
	"time"

	"parley/call/peer/congestion"
)

const ms = time.Millisecond

func TestArrivalClock_ReadsWhatCameAndWhatDidNot(t *testing.T) {
	var c arrivalClock
	feedback := &Feedback{
		First: 65534, Reference: 100,
		Packets: []Fate{{Came: true, Delta: 4}, {Came: true, Delta: 8}, {}, {Came: true, Delta: -2}, {}, {Came: true, Delta: 16}},
	}
	want := []congestion.Arrival{
		{Sequence: 65534, At: 6401 * ms},
		{Sequence: 65535, At: 6403 * ms},
		{Sequence: 0, Missing: true},
		{Sequence: 1, At: 6402*ms + 500*time.Microsecond},
		{Sequence: 2, Missing: true},
		{Sequence: 3, At: 6406*ms + 500*time.Microsecond},
	}
	if got := c.read(feedback, nil); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// The reference time wraps after twelve days; feedback may overtake another.
func TestArrivalClock_GoesOnAfterItsWrap(t *testing.T) {
	var c arrivalClock
	first := c.base(1<<24 - 2)
	if got := c.base(1) - first; got != 3*referenceUnit {
		t.Errorf("three units later is %v later", got)
	}
	if got := c.base(1<<24-1) - first; got != referenceUnit {
		t.Errorf("one that was overtaken is at %v", got)
	}
}
