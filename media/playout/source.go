package playout

// Limits of what still counts as the same stream (RFC 3550 appendix A.1).
const (
	maxDropout  = 3000
	maxMisorder = 100
)

// firstLap keeps unwrapped sequence numbers positive; it is a multiple of 2^16.
const firstLap = 1 << 32

// source follows the numbering of one RTP stream: it unwraps sequence numbers
// and timestamps, tells when a new stream begins under the old name, and counts.
type source struct {
	known    bool
	first    int64 // lowest sequence number counted
	highest  int64
	ts       int64 // of highest
	rate     rate
	all      int64 // packets received under any numbering
	received int64
	before   int64 // packets lost before the present numbering
	wild     bool  // the last packet was far off
	expected uint16
}

// verdict is what to do with a packet.
type verdict uint8

const (
	keep    verdict = iota
	discard         // not believable by itself
	restart         // numbering or time starts anew with this packet
)

// judge returns a packet's unwrapped numbers and whether it belongs to the
// stream. An empty packet (padding) has no time of its own.
func (s *source) judge(seq uint16, timestamp uint32, empty bool) (ext, ts int64, v verdict) {
	if !s.known {
		return firstLap + int64(seq), int64(timestamp), restart
	}
	step := int16(seq - uint16(s.highest))
	ext = s.highest + int64(step)
	ts = s.ts + int64(int32(timestamp-uint32(s.ts)))
	if step > maxDropout || step < -maxMisorder {
		again := s.wild && seq == s.expected
		s.wild, s.expected = true, seq+1
		if again {
			return firstLap + int64(seq), int64(timestamp), restart
		}
		return ext, ts, discard
	}
	s.wild = false
	switch {
	case empty:
		return ext, s.ts, keep
	case step > 0 && ts <= s.ts:
		return firstLap + int64(seq), int64(timestamp), restart
	case step < 0 && ts >= s.ts:
		return ext, ts, discard
	}
	return ext, ts, keep
}

// count takes note of a packet that judge kept.
func (s *source) count(ext, ts int64) {
	s.received++
	s.all++
	s.first = min(s.first, ext)
	if ext > s.highest {
		s.highest, s.ts = ext, ts
	}
}

// begin starts a new numbering.
func (s *source) begin(ext, ts int64) {
	lost, all := s.lost(), s.all+1
	*s = source{known: true, first: ext, highest: ext, ts: ts, rate: s.rate, all: all, received: 1, before: lost}
	s.rate.origin = ts
}

// lost returns the packets expected less those received (RFC 3550 section
// 6.4.1); duplicates can make it negative.
func (s *source) lost() int64 {
	if !s.known {
		return s.before
	}
	return s.before + s.highest - s.first + 1 - s.received
}
