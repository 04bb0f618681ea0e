package conn

import (
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

// incoming is how a stream comes, as receiver reports tell it (RFC 3550 section 6.4.1
// and appendix A).
type incoming struct {
	rate     float64 // of its clock, in Hz
	begun    bool
	first    int64 // number of the first packet; numbers do not wrap here
	last     int64
	received int64
	// As of the last report.
	expectedThen, receivedThen int64

	at     time.Time // when the newest packet came
	stamp  uint32    // and its timestamp
	jitter float64   // in units of the clock

	reference uint32 // the middle of the time in the last sender report
	referred  time.Time

	limit *limit // nil: the sender takes none
}

// came takes note of a packet of so many bytes.
func (s *incoming) came(h *rtp.Header, size int, now time.Time) {
	if !s.begun {
		s.begun = true
		s.first, s.last = int64(h.SequenceNumber), int64(h.SequenceNumber)
	} else {
		s.last += max(0, int64(int16(h.SequenceNumber-uint16(s.last))))
		late := now.Sub(s.at).Seconds()*s.rate - float64(int32(h.Timestamp-s.stamp))
		s.jitter += (max(late, -late) - s.jitter) / 16 // appendix A.8
	}
	s.received++
	if s.limit != nil {
		s.limit.came(h, size, now)
	}
	s.at, s.stamp = now, h.Timestamp
}

// mostLost is the most packets that a report can say are lost, in 24 bits with a sign.
const mostLost = 1<<23 - 1

// report tells how the stream came since the last one, and altogether.
func (s *incoming) report(ssrc uint32, now time.Time) rtcp.ReceptionReport {
	r := rtcp.ReceptionReport{SSRC: ssrc, LastSenderReport: s.reference}
	if !s.referred.IsZero() {
		r.Delay = uint32(now.Sub(s.referred).Seconds() * 65536)
	}
	if !s.begun {
		return r
	}
	expected := s.last - s.first + 1
	since := expected - s.expectedThen
	if lost := since - (s.received - s.receivedThen); lost > 0 { // appendix A.3
		r.FractionLost = uint8(min(lost<<8/since, 255))
	}
	s.expectedThen, s.receivedThen = expected, s.received
	r.TotalLost = uint32(min(max(expected-s.received, 0), mostLost))
	r.LastSequenceNumber, r.Jitter = uint32(s.last), uint32(s.jitter)
	return r
}
