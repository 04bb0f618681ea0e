package peer

import (
	"time"

	"github.com/pion/rtcp"
)

// Transport-wide feedback is summed up over arrivalSpan, and until it is about
// arrivalLeast packets.
const (
	arrivalSpan  = time.Second
	arrivalLeast = 25
	arrivalStale = 3 * time.Second
)

// arrivals makes a fraction lost, as of receiver reports, of transport-wide
// feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01), which comes ten
// times a second and is about sound and picture.
type arrivals struct {
	began         time.Time
	came, missing int
	told          time.Time
}

// add takes what one feedback says. It returns the fraction lost once a span is
// full.
func (a *arrivals) add(came, missing int, now time.Time) (fraction float64, ok bool) {
	if a.came+a.missing == 0 {
		a.began = now
	}
	a.came += came
	a.missing += missing
	all := a.came + a.missing
	if all < arrivalLeast || now.Sub(a.began) < arrivalSpan {
		return 0, false
	}
	fraction = float64(a.missing) / float64(all)
	*a = arrivals{told: now}
	return fraction, true
}

// fresh reports whether a fraction was told lately.
func (a *arrivals) fresh(now time.Time) bool {
	return !a.told.IsZero() && now.Sub(a.told) < arrivalStale
}

// countArrivals counts the packets that a feedback reports.
func countArrivals(p *rtcp.TransportLayerCC) (came, missing int) {
	left := int(p.PacketStatusCount)
	count := func(symbol uint16, n int) {
		n = min(n, left)
		left -= n
		if symbol == rtcp.TypeTCCPacketNotReceived {
			missing += n
		} else {
			came += n
		}
	}
	for _, chunk := range p.PacketChunks {
		switch c := chunk.(type) {
		case *rtcp.RunLengthChunk:
			count(c.PacketStatusSymbol, int(c.RunLength))
		case *rtcp.StatusVectorChunk:
			for _, symbol := range c.SymbolList {
				count(symbol, 1)
			}
		}
	}
	return came, missing
}
