package conn

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"parley/call/peer/congestion"
)

// retold is all that a record tells, as a sender reads it.
func retold(t *testing.T, r *record, clock *arrivalClock) (arrivals []congestion.Arrival, times int) {
	t.Helper()
	f := &Feedback{}
	for r.tell(f) {
		raw, err := f.Marshal()
		if err != nil || len(raw) > 1000 {
			t.Fatalf("%d bytes, %v", len(raw), err)
		}
		read := &Feedback{}
		if err := read.Unmarshal(raw); err != nil {
			t.Fatal(err)
		}
		arrivals = clock.read(read, arrivals)
		if times++; times > heldArrivals {
			t.Fatal("there is no end to it")
		}
	}
	return arrivals, times
}

func came(number uint16, at time.Duration) congestion.Arrival {
	return congestion.Arrival{Sequence: number, At: at}
}

func lost(number uint16) congestion.Arrival {
	return congestion.Arrival{Sequence: number, Missing: true}
}

func TestRecord_Tells(t *testing.T) {
	type packet struct {
		number uint16
		at     time.Duration
	}
	for name, row := range map[string]struct {
		before, packets []packet
		want            []congestion.Arrival
	}{
		"nothing":   {},
		"a wrap":    {nil, []packet{{65535, 3 * ms}, {1, 5 * ms}}, []congestion.Arrival{came(65535, 3*ms), lost(0), came(1, 5*ms)}},
		"overtaken": {nil, []packet{{7, 70 * ms}, {6, 71 * ms}}, []congestion.Arrival{came(6, 71*ms), came(7, 70*ms)}},
		"twice":     {nil, []packet{{7, 70 * ms}, {7, 90 * ms}}, []congestion.Arrival{came(7, 70*ms)}},
		"rounded":   {nil, []packet{{7, 1124 * time.Microsecond}, {8, 1249 * time.Microsecond}}, []congestion.Arrival{came(7, ms), came(8, 1250*time.Microsecond)}},
		"what comes late, and again what overtook it": {
			[]packet{{5, 10 * ms}, {7, 20 * ms}},
			[]packet{{6, 120 * ms}},
			[]congestion.Arrival{came(6, 120*ms), came(7, 20*ms)},
		},
		"what comes much later than what overtook it": {
			[]packet{{5, 10 * ms}, {7, 20 * ms}},
			[]packet{{8, 600 * ms}, {6, 601 * ms}},
			[]congestion.Arrival{came(8, 600*ms)},
		},
		"only the new": {[]packet{{5, 10 * ms}}, []packet{{6, 20 * ms}}, []congestion.Arrival{came(6, 20*ms)}},
		"a long pause": {nil, []packet{{5, 10 * ms}, {6, time.Minute}}, []congestion.Arrival{came(5, 10*ms), came(6, time.Minute)}},
	} {
		r, clock := &record{}, &arrivalClock{begun: true}
		for _, p := range row.before {
			r.came(p.number, p.at)
		}
		retold(t, r, clock)
		for _, p := range row.packets {
			r.came(p.number, p.at)
		}
		if got, _ := retold(t, r, clock); !slices.Equal(got, row.want) {
			t.Errorf("%s: %v, want %v", name, got, row.want)
		}
	}
}

// Of very many that did not come only the last are told of, in bites.
func TestRecord_TellsOfTheLastOfMany(t *testing.T) {
	r, clock := &record{}, &arrivalClock{begun: true}
	r.came(0, 0)
	retold(t, r, clock)
	r.came(20000, ms)
	got, times := retold(t, r, clock)
	if len(got) != heldArrivals || got[len(got)-1] != came(20000, ms) || times != (heldArrivals+mostTold-1)/mostTold {
		t.Errorf("%d packets, in %d feedbacks", len(got), times)
	}
}

// Every packet that came is told of, when it came, and no other.
func TestRecord_TellsTheTruth(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	r, clock := &record{}, &arrivalClock{begun: true}
	truth, told := map[uint16]time.Duration{}, map[uint16]bool{}
	at := time.Duration(0)
	for number := range uint16(20000) {
		if dice.IntN(10) == 0 {
			continue
		}
		at += time.Duration(dice.IntN(20)) * deltaUnit
		late := number - uint16(dice.IntN(3)) // some overtake one or two
		if _, twice := truth[late]; !twice {
			truth[late] = at
		}
		r.came(late, at)
		if dice.IntN(30) > 0 {
			continue
		}
		all, _ := retold(t, r, clock)
		for _, a := range all {
			if then, ok := truth[a.Sequence]; ok == a.Missing || ok && then != a.At {
				t.Fatalf("packet %d came at %v, %v; told %+v", a.Sequence, then, ok, a)
			}
			told[a.Sequence] = told[a.Sequence] || !a.Missing
		}
	}
	retold(t, r, clock)
	missed := 0
	for number := range truth {
		if !told[number] {
			missed++
		}
	}
	if missed > 31 { // since the last time
		t.Errorf("%d of %d packets were not told of", missed, len(truth))
	}
}

func TestRecord_AllocatesNothing(t *testing.T) {
	r, f, number := &record{}, &Feedback{}, uint16(0)
	tell := func() {
		for range 50 {
			number++
			r.came(number, time.Duration(number)*ms)
		}
		for r.tell(f) {
		}
	}
	tell()
	if n := testing.AllocsPerRun(100, tell); n != 0 {
		t.Errorf("fifty packets allocate %v times", n)
	}
}

func FuzzRecord(f *testing.F) {
	f.Add([]byte{0, 0, 1, 255, 255, 7, 0, 3, 200})
	f.Fuzz(func(t *testing.T, data []byte) {
		r, clock := &record{}, &arrivalClock{}
		at := time.Duration(0)
		for ; len(data) >= 3; data = data[3:] {
			at += time.Duration(data[2]) * time.Duration(data[2]) * ms
			r.came(uint16(data[0])<<8|uint16(data[1]), at)
			if data[2]%4 == 0 {
				retold(t, r, clock)
			}
		}
		retold(t, r, clock)
	})
}
