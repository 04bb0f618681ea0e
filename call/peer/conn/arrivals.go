package conn

import (
	"time"

	"github.com/pion/rtcp"

	"parley/call/peer/congestion"
)

// The units of transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-
// extensions-01 section 3.1).
const (
	referenceUnit = 64 * time.Millisecond
	referenceBits = 24
)

// mostStatuses bounds the packets that one feedback tells of. The format allows
// 65535; receivers send many times a second.
const mostStatuses = 4096

// arrivalClock turns the wrapping times of feedback into a steady clock.
type arrivalClock struct {
	begun bool
	last  int64 // reference time without wrapping, in referenceUnit
}

// base returns the reference time of a feedback.
func (c *arrivalClock) base(reference uint32) time.Duration {
	if !c.begun {
		c.begun, c.last = true, int64(reference)
	} else {
		difference := int32(reference-uint32(c.last)) << (32 - referenceBits) >> (32 - referenceBits)
		c.last += int64(difference)
	}
	return time.Duration(c.last) * referenceUnit
}

// read appends what a feedback says. It may be malformed: what does not fit is
// left out.
func (c *arrivalClock) read(p *rtcp.TransportLayerCC, to []congestion.Arrival) []congestion.Arrival {
	at, sequence := c.base(p.ReferenceTime), p.BaseSequenceNumber
	left, deltas := min(int(p.PacketStatusCount), mostStatuses), p.RecvDeltas
	take := func(symbol uint16) bool {
		if left == 0 {
			return false
		}
		a := congestion.Arrival{Sequence: sequence, Missing: true}
		if symbol == rtcp.TypeTCCPacketReceivedSmallDelta || symbol == rtcp.TypeTCCPacketReceivedLargeDelta {
			if len(deltas) == 0 {
				return false
			}
			at += time.Duration(deltas[0].Delta) * time.Microsecond
			deltas = deltas[1:]
			a.Missing, a.At = false, at
		}
		to = append(to, a)
		sequence++
		left--
		return true
	}
	for _, chunk := range p.PacketChunks {
		if !eachSymbol(chunk, take) {
			break
		}
	}
	return to
}

// eachSymbol hands over the symbols of a chunk until take has enough.
func eachSymbol(chunk rtcp.PacketStatusChunk, take func(uint16) bool) bool {
	switch c := chunk.(type) {
	case *rtcp.RunLengthChunk:
		for range c.RunLength {
			if !take(c.PacketStatusSymbol) {
				return false
			}
		}
	case *rtcp.StatusVectorChunk:
		for _, symbol := range c.SymbolList {
			if !take(symbol) {
				return false
			}
		}
	}
	return true
}
