package peer

import (
	"slices"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"

	"parley/call/peer/repair"
)

// How long a missing packet is waited for before everything up to the next key
// frame is given up: as long as patientTries requests may take, within limits. A
// key frame costs the path more than anything that is asked for again.
const (
	patientTries = 5
	minPatience  = 250 * time.Millisecond
	maxPatience  = 700 * time.Millisecond
	// unrepaired is the patience where nothing is sent again: what is late is there.
	unrepaired = 100 * time.Millisecond
)

// mostPairs is how many pairs of a packet and the 16 after it (RFC 4585 section
// 6.2.1) one request holds, so that it fits the path.
const mostPairs = 200

// repairs asks for what is missing of a stream.
type repairs struct {
	repair.Requests
	ssrc  uint32
	trip  func() time.Duration // round trip of the path, 0 when unknown
	write func([]rtcp.Packet) error
	able  bool // the sender sends again what it is asked for

	numbers []uint16
}

// repairable reports whether a codec was agreed with retransmission (RFC 4585
// section 4.2).
func repairable(c webrtc.RTPCodecCapability) bool {
	return slices.Contains(c.RTCPFeedback, webrtc.RTCPFeedback{Type: webrtc.TypeRTCPFBNACK})
}

// patience is how long a missing packet is worth waiting for.
func (r *repairs) patience() time.Duration {
	if !r.able {
		return unrepaired
	}
	return min(max(patientTries*r.Interval(), minPatience), maxPatience)
}

// pause is how long nothing is to be asked for, at most most.
func (r *repairs) pause(most time.Duration, now time.Time) time.Duration {
	if wait, ok := r.Next(now); ok && r.able {
		return min(most, wait)
	}
	return most
}

// ask asks for what is due, of what comes after before.
func (r *repairs) ask(before int64, now time.Time) error {
	if r.Forget(before); !r.able {
		return nil
	}
	r.Path(r.trip())
	due := r.Due(now)
	if len(due) == 0 {
		return nil
	}
	r.numbers = r.numbers[:0]
	for _, sequence := range due {
		r.numbers = append(r.numbers, uint16(sequence))
	}
	var packets []rtcp.Packet
	for pairs := range slices.Chunk(rtcp.NackPairsFromSequenceNumbers(r.numbers), mostPairs) {
		packets = append(packets, &rtcp.TransportLayerNack{MediaSSRC: r.ssrc, Nacks: pairs})
	}
	return r.write(packets)
}
