package conn

import (
	"testing"
	"time"

	"github.com/pion/rtcp"

	"parley/call/peer/congestion"
)

const ms = time.Millisecond

func TestArrivalClock_ReadsWhatCameAndWhatDidNot(t *testing.T) {
	var c arrivalClock
	feedback := &rtcp.TransportLayerCC{
		BaseSequenceNumber: 65534, PacketStatusCount: 6, ReferenceTime: 100,
		PacketChunks: []rtcp.PacketStatusChunk{
			&rtcp.RunLengthChunk{PacketStatusSymbol: rtcp.TypeTCCPacketReceivedSmallDelta, RunLength: 2},
			&rtcp.StatusVectorChunk{SymbolList: []uint16{
				rtcp.TypeTCCPacketNotReceived, rtcp.TypeTCCPacketReceivedLargeDelta,
				rtcp.TypeTCCPacketNotReceived, rtcp.TypeTCCPacketReceivedSmallDelta, rtcp.TypeTCCPacketReceivedSmallDelta,
			}},
		},
		RecvDeltas: []*rtcp.RecvDelta{{Delta: 1000}, {Delta: 2000}, {Delta: -500}, {Delta: 4000}},
	}
	want := []congestion.Arrival{
		{Sequence: 65534, At: 6401 * ms},
		{Sequence: 65535, At: 6403 * ms},
		{Sequence: 0, Missing: true},
		{Sequence: 1, At: 6402*ms + 500*time.Microsecond},
		{Sequence: 2, Missing: true},
		{Sequence: 3, At: 6406*ms + 500*time.Microsecond},
	}
	got := c.read(feedback, nil)
	if len(got) != len(want) {
		t.Fatalf("%d packets, want %d: %v", len(got), len(want), got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("packet %d: %+v, want %+v", i, got[i], want[i])
		}
	}
}

// The reference time wraps after twelve days; feedback may overtake another.
func TestArrivalClock_GoesOnAfterItsWrap(t *testing.T) {
	var c arrivalClock
	first := c.base(1<<24 - 2)
	if got := c.base(1) - first; got != 3*referenceUnit {
		t.Errorf("three units later is %v later", got)
	}
	if got := c.base(1<<24-1) - first; got != referenceUnit {
		t.Errorf("one that was overtaken is at %v", got)
	}
}

func TestArrivalClock_BelievesOnlyWhatIsThere(t *testing.T) {
	var c arrivalClock
	for name, p := range map[string]*rtcp.TransportLayerCC{
		"no deltas": {PacketStatusCount: 9, PacketChunks: []rtcp.PacketStatusChunk{
			&rtcp.RunLengthChunk{PacketStatusSymbol: rtcp.TypeTCCPacketReceivedSmallDelta, RunLength: 9},
		}},
		"no chunks": {PacketStatusCount: 9},
		"no count": {PacketChunks: []rtcp.PacketStatusChunk{
			&rtcp.RunLengthChunk{PacketStatusSymbol: rtcp.TypeTCCPacketNotReceived, RunLength: 9},
		}},
	} {
		if got := c.read(p, nil); len(got) != 0 {
			t.Errorf("%s: %v", name, got)
		}
	}
	all := &rtcp.TransportLayerCC{PacketStatusCount: 65535}
	for range 8 {
		all.PacketChunks = append(all.PacketChunks, &rtcp.RunLengthChunk{PacketStatusSymbol: rtcp.TypeTCCPacketNotReceived, RunLength: 8191})
	}
	if got := c.read(all, nil); len(got) > mostStatuses {
		t.Errorf("%d packets are told of at once", len(got))
	}
}

func FuzzFlow_Feedback(f *testing.F) {
	p := rtcp.TransportLayerCC{
		Header:     rtcp.Header{Type: rtcp.TypeTransportSpecificFeedback, Count: rtcp.FormatTCC, Length: 5},
		SenderSSRC: 1, MediaSSRC: 2, PacketStatusCount: 1, ReferenceTime: 1,
		PacketChunks: []rtcp.PacketStatusChunk{&rtcp.RunLengthChunk{PacketStatusSymbol: rtcp.TypeTCCPacketReceivedSmallDelta, RunLength: 1}},
		RecvDeltas:   []*rtcp.RecvDelta{{Type: rtcp.TypeTCCPacketReceivedSmallDelta, Delta: 250}},
	}
	if data, err := p.Marshal(); err == nil {
		f.Add(data)
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		var p rtcp.TransportLayerCC
		if p.Unmarshal(data) != nil {
			return
		}
		flow := NewFlow()
		now := time.Unix(1, 0)
		for i := range 50 {
			flow.control.Sent(congestion.Sent{Sequence: uint16(i), Size: 1000}, now.Add(time.Duration(i)*ms))
		}
		now = now.Add(time.Second)
		flow.Feedback(&p, now)
		flow.Feedback(&p, now)
		if e := flow.Estimate(now); e.Target < congestion.DefaultLeast || e.Target > congestion.DefaultMost {
			t.Errorf("the target is %v", e.Target)
		}
	})
}
