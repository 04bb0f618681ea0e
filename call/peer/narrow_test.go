package peer

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestStrait_Explore(t *testing.T) {
	type leg struct {
		name   string
		rate   float64
		loss   float64
		jitter time.Duration
		talks  bool
		silent bool
		d      int
	}
	for _, row := range [][]leg{
		{{"A3", 3e6, 0, 0, true, false, 10}, {".5", 0.5e6, 0, 0, true, false, 10}, {"3", 3e6, 0, 0, true, false, 6}},
		{{"B3", 3e6, 0, 0, false, false, 10}, {".15", 0.15e6, 0, 0, false, false, 10}, {"3", 3e6, 0, 0, false, false, 8}},
		{{"C3", 3e6, 0, 0, false, false, 10}, {".06", 0.06e6, 0, 0, false, false, 10}, {"3", 3e6, 0, 0, false, false, 8}},
		{{"D3", 3e6, 0, 0, true, false, 10}, {".15", 0.15e6, 0, 0, true, false, 10}, {"3", 3e6, 0, 0, true, false, 8}},
		{{"E3 5%", 3e6, 0.05, 0, false, false, 14}},
		{{"F3 10%", 3e6, 0.10, 0, false, false, 14}},
		{{"G.5 10%", .5e6, 0.10, 0, true, false, 14}},
		{{"H3", 3e6, 0, 0, false, false, 10}, {"3j", 3e6, 0, 200 * time.Millisecond, false, false, 2}, {"3", 3e6, 0, 0, false, false, 8}},
		{{"I3", 3e6, 0, 0, false, false, 10}, {"silent", 3e6, 0, 0, false, true, 6}, {"3", 3e6, 0, 0, false, false, 8}},
		{{"J1", 1e6, 0, 20 * time.Millisecond, true, false, 14}},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newStrait(t, 3e6)
			for _, l := range row {
				s.mu.Lock()
				s.rate, s.loss, s.jitter, s.talks, s.silent = l.rate, l.loss, l.jitter, l.talks, l.silent
				s.mu.Unlock()
				for range l.d {
					c := s.measure(time.Second)
					e := s.flow.Estimate(time.Now())
					t.Logf("%7s %5.1fs: use %5.1f %%, queue %3d, shown %2.0f, gap %4d, width %d, target %.0fk lasting %.0fk, asked %d, repaired %d loss %.2f sounds %d", l.name,
						time.Since(s.begun).Seconds(), 100*c.share, c.late.Milliseconds(), c.shown, c.gap.Milliseconds(), c.width, c.target/1000, e.Lasting/1000, c.asked, c.repaired, e.Loss, s.sounds)
				}
			}
		})
	}
}
