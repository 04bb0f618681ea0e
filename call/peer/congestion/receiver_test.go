package congestion

import (
	"math"
	"testing"
	"time"
)

// followed plays a sender that sends what it is told to, at most so much, over a path
// with a queue of a second, and returns what came in the last half of the time, in bit/s,
// and how long a packet waited at most.
func followed(rate, most, loss float64, length time.Duration, delay func(at time.Duration) time.Duration) (came float64, waited time.Duration) {
	type packet struct{ made, at, size int }
	r, told, bytes := NewReceiver(), receiverLeast, 0
	var way []packet // in ms
	busy, sent, dropped := 0.0, 0.0, 0.0
	for now := range int(length / ms) {
		size := math.Min(told, most) / 8000 // of a packet each ms
		busy = math.Max(busy, float64(now)) + 8000*size/rate
		if sent += size; busy < float64(now+1000) {
			way = append(way, packet{now, int(busy) + int(delay(time.Duration(now)*ms)/ms), int(size * (1 - loss))})
		} else {
			busy, dropped = float64(now+1000), dropped+size
		}
		for len(way) > 0 && way[0].at <= now {
			p := way[0]
			way = way[1:]
			r.Came(time.Duration(p.made)*ms, time.Duration(p.at)*ms, p.size)
			if now > int(length/ms)/2 {
				bytes += p.size
				waited = max(waited, time.Duration(p.at-p.made)*ms)
			}
		}
		if now%1000 == 999 {
			told = r.Rate(math.Max(loss, dropped/sent), time.Duration(now)*ms)
			sent, dropped = 0, 0
		}
	}
	return float64(8*bytes) / (length / 2).Seconds(), waited
}

func still(time.Duration) time.Duration { return 0 }

func TestReceiver_FillsThePath(t *testing.T) {
	for name, row := range map[string]struct{ rate, most, loss, least float64 }{
		"1 Mbit/s":          {1e6, 1e9, 0, 0.6e6},
		"4 Mbit/s":          {4e6, 1e9, 0, 2.4e6},
		"enough":            {20e6, 2e6, 0, 1.9e6},
		"enough, 5 % lost":  {20e6, 0.15e6, 0.05, 0.13e6},
		"enough, 20 % lost": {20e6, 2e6, 0.2, 0.1e6},
	} {
		came, waited := followed(row.rate, row.most, row.loss, time.Minute, still)
		t.Logf("%s: %.0f bit/s, wait %v", name, came, waited)
		if came < row.least || waited > 800*ms {
			t.Errorf("%s: %.0f bit/s come, wait %v", name, came, waited)
		}
	}
}

// What a sender does not send says nothing about the path.
func TestReceiver_BearsWithALittle(t *testing.T) {
	r := NewReceiver()
	tell := func(from, size int) (rate float64) {
		for i := range 100 {
			at := time.Duration(from)*time.Second + time.Duration(i)*10*ms
			r.Came(at, at, size)
		}
		return r.Rate(0, time.Duration(from+1)*time.Second)
	}
	busy := tell(0, 2500)
	if busy < 2.9e6 {
		t.Fatalf("of 2 Mbit/s %.0f are asked for", busy)
	}
	if got := tell(1, 10); got != busy {
		t.Errorf("of a little %.0f is asked for", got)
	}
	if got := r.Rate(0, 10*time.Second); got != busy {
		t.Errorf("of nothing %.0f is asked for", got)
	}
}

// A path that gets longer is not full for ever.
func TestReceiver_ALongerPath(t *testing.T) {
	came, _ := followed(20e6, 1e6, 0, time.Minute, func(at time.Duration) time.Duration {
		if at > 10*time.Second {
			return 300 * ms
		}
		return 0
	})
	if came < 0.9e6 {
		t.Errorf("%.0f bit/s come of 1 Mbit/s", came)
	}
}
