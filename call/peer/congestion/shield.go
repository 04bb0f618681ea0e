package congestion

import "time"

// How much parity is sent beside pictures goes by what was lost of the newest
// shieldSpan packets that are known of: in few of the blocks that could be made of
// them should more get lost than there is parity. That tells bursts from chance without
// a model of either. Few are so many that shieldLate of the pictures come late, as all
// do that are taken while one is waited for. Parity that leaves shieldVain of the failures
// is not worth it.
const (
	shieldSpan  = 1024
	shieldLeast = 100 // packets, before which nothing is told
	shieldLate  = 0.045
	shieldRate  = 30.0 // pictures a second
	shieldVain  = 0.4
	shieldNews  = 32 // packets until is looked again
	shieldShare = 2  // packets of a block for each of parity, at least: more takes too much of the picture
	shieldSmall = 3  // packets; for smaller blocks it would, and few of them lose anything

	// shieldLow is the rate below which parity leaves too little for a picture.
	shieldLow = 800_000.0 // bit/s

	// MostBlock is how many packets a block has at most.
	MostBlock = 24
)

// shieldTrip is the round trip below which asking for what is missing takes so
// little that nobody sees it.
const shieldTrip = 12 * time.Millisecond

// shield says how many packets of parity a block needs. The zero value is ready.
type shield struct {
	looked int64                  // the newest packet that was looked at
	lost   [shieldSpan + 1]uint16 // of the packets before each
	count  int                    // packets that were looked at
	fails  float64                // share of blocks for which it may be too little
	known  [MostBlock + 1]bool
	parity [MostBlock + 1]int
}

// look takes the fates of the packets up to one.
func (s *shield) look(h *history, newest int64, trip time.Duration) {
	if newest < s.looked+shieldNews && s.looked <= newest && s.count > 0 {
		return
	}
	s.looked, s.count, s.known = newest, 0, [MostBlock + 1]bool{}
	s.fails = shieldLate / (1 + shieldRate*trip.Seconds())
	for number := newest - shieldSpan + 1; number <= newest; number++ {
		p := h.at(number)
		if p == nil {
			continue
		}
		s.lost[s.count+1] = s.lost[s.count]
		if s.count++; p.fate == missing {
			s.lost[s.count]++
		}
	}
}

// need returns how many packets of parity a block of so many needs.
func (s *shield) need(packets int) int {
	if s.count < shieldLeast || s.lost[s.count] == 0 {
		return 0
	}
	if !s.known[packets] {
		s.known[packets], s.parity[packets] = true, s.decide(packets)
	}
	return s.parity[packets]
}

func (s *shield) decide(packets int) int {
	without, most := s.failing(packets, 0), packets/shieldShare
	if packets < shieldSmall || without <= s.fails {
		return 0
	}
	for parity := 1; parity <= most; parity++ {
		fails := s.failing(packets, parity)
		if fails <= s.fails || parity == most && fails <= shieldVain*without {
			return parity
		}
	}
	return 0
}

// failing is the share of blocks of which more was lost than there is parity.
func (s *shield) failing(packets, parity int) float64 {
	size, count := packets+parity, 0
	for from := 0; from+size <= s.count; from++ {
		if int(s.lost[from+size]-s.lost[from]) > parity {
			count++
		}
	}
	return float64(count) / float64(s.count-size+1)
}

// Parity returns how many packets of parity are to be sent with a block of so many
// packets, 1 to MostBlock: what is missing of it is not worth a round trip.
func (c *Controller) Parity(packets int) int {
	if packets < 1 || packets > MostBlock || !c.detailed || c.Trip() < shieldTrip || c.loss.limit(c.rate.rate) < shieldLow {
		return 0
	}
	c.shield.look(&c.history, c.covered, c.Trip())
	return c.shield.need(packets)
}
