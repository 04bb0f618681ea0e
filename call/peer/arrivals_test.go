package peer

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
)

func TestCountArrivals(t *testing.T) {
	p := &rtcp.TransportLayerCC{
		PacketStatusCount: 24,
		PacketChunks: []rtcp.PacketStatusChunk{
			&rtcp.RunLengthChunk{PacketStatusSymbol: rtcp.TypeTCCPacketReceivedSmallDelta, RunLength: 10},
			&rtcp.RunLengthChunk{PacketStatusSymbol: rtcp.TypeTCCPacketNotReceived, RunLength: 3},
			&rtcp.StatusVectorChunk{SymbolList: []uint16{
				rtcp.TypeTCCPacketReceivedLargeDelta, rtcp.TypeTCCPacketNotReceived, rtcp.TypeTCCPacketReceivedWithoutDelta,
				rtcp.TypeTCCPacketReceivedSmallDelta, 1, 1, 1,
			}},
			&rtcp.RunLengthChunk{PacketStatusSymbol: rtcp.TypeTCCPacketNotReceived, RunLength: 8000}, // more than there are
		},
	}
	if came, missing := countArrivals(p); came != 16 || missing != 8 {
		t.Errorf("%d came, %d did not; want 16 and 8", came, missing)
	}
	if came, missing := countArrivals(&rtcp.TransportLayerCC{PacketStatusCount: 7}); came+missing != 0 {
		t.Errorf("nothing is %d and %d packets", came, missing)
	}
}

func TestSoundPolicy_TrustsTransportFeedback(t *testing.T) {
	p := newPath(browser)
	for range 30 {
		p.now = p.now.Add(100 * time.Millisecond)
		p.arrived(9, 1, p.now)
	}
	if got := p.plan(false, p.now).settings.Loss; got != 10 {
		t.Errorf("one in ten is a loss of %d %%", got)
	}
	p.reported(0.5, ms(1), p.now)
	if got := p.plan(false, p.now).settings.Loss; got != 10 {
		t.Errorf("an older report makes it %d %%", got)
	}
	p.now = p.now.Add(2 * arrivalStale)
	p.reported(0.5, ms(1), p.now)
	if got := p.plan(false, p.now).settings.Loss; got != 50 {
		t.Errorf("when feedback has ended, a report makes it %d %%", got)
	}
}

func TestArrivals_WaitsForEnough(t *testing.T) {
	var a arrivals
	now := begin
	for i := range 100 { // silence: a packet now and then
		now = now.Add(400 * time.Millisecond)
		fraction, ok := a.add(1, 0, now)
		if ok != (i%arrivalLeast == arrivalLeast-1) || fraction != 0 {
			t.Errorf("packet %d: %v, %v", i, fraction, ok)
		}
	}
}
