package peer

import (
	"slices"
	"time"
)

func (s *strait) measure(d time.Duration) (c passage) {
	s.mu.Lock()
	s.bytes, s.waits, s.far.shown, s.far.gap, s.repaired, s.sounds = 0, nil, 0, 0, 0, 0
	s.far.widths, s.far.asked, s.far.delays = map[int]int{}, 0, nil
	said, began := s.voices, time.Now()
	s.mu.Unlock()
	s.run(d)
	d = time.Since(began)
	s.mu.Lock()
	defer s.mu.Unlock()
	c.share = float64(s.bytes*8) / d.Seconds() / s.rate
	c.heard = float64(s.sounds) / float64(max(1, s.voices-said))
	slices.Sort(s.waits)
	if n := len(s.waits); n > 0 {
		c.late = s.waits[n*95/100]
	}
	c.shown, c.gap = float64(s.far.shown)/d.Seconds(), max(s.far.gap, time.Since(s.far.last))
	slices.Sort(s.far.delays)
	if n := len(s.far.delays); n > 0 {
		c.delay, c.slow = s.far.delays[n/2], s.far.delays[n*95/100]
	}
	most := 0
	for width, n := range s.far.widths {
		if n > most {
			most, c.width = n, width
		}
	}
	c.target, c.asked, c.repaired = s.flow.Estimate(time.Now()).Target, s.far.asked, s.repaired
	return c
}
