package conn

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtcp"

	"parley/call/peer/congestion"
)

// someFates are packets of all kinds: runs, single ones, long deltas.
func someFates(dice *rand.Rand) []Fate {
	var out []Fate
	for range 1 + dice.IntN(20) {
		var p Fate
		switch dice.IntN(4) {
		case 0:
		case 1:
			p = Fate{Came: true, Delta: int16(dice.Uint32())}
		default:
			p = Fate{Came: true, Delta: int16(dice.IntN(256))}
		}
		for range 1 + dice.IntN(30) {
			out = append(out, p)
			if dice.IntN(3) == 0 {
				break
			}
		}
	}
	return out
}

// pion reads what we write.
func TestFeedback_IsReadByOthers(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		ours := &Feedback{
			Sender: dice.Uint32(), Media: dice.Uint32(), First: uint16(dice.Uint32()), Reference: dice.Uint32N(1 << 24),
			Count: uint8(dice.Uint32()), Packets: someFates(dice),
		}
		raw, err := ours.Marshal()
		if err != nil || ours.MarshalSize() != len(raw) {
			t.Fatalf("%d bytes, not %d, %v", len(raw), ours.MarshalSize(), err)
		}
		packets, err := rtcp.Unmarshal(raw)
		if err != nil {
			t.Fatalf("%x: %v", raw, err)
		}
		theirs := packets[0].(*rtcp.TransportLayerCC)
		if theirs.SenderSSRC != ours.Sender || theirs.MediaSSRC != ours.Media || theirs.BaseSequenceNumber != ours.First ||
			theirs.ReferenceTime != ours.Reference || theirs.FbPktCount != ours.Count {
			t.Fatalf("%+v is read as %+v", ours, theirs)
		}
		if got := fatesOf(theirs); !slices.Equal(got, ours.Packets) {
			t.Fatalf("%v is read as %v", ours.Packets, got)
		}
		if got := ours.DestinationSSRC(); !slices.Equal(got, []uint32{ours.Media}) {
			t.Fatalf("it is about %v", got)
		}
	}
}

// fatesOf is what pion reads.
func fatesOf(p *rtcp.TransportLayerCC) []Fate {
	var symbols []uint16
	for _, c := range p.PacketChunks {
		switch c := c.(type) {
		case *rtcp.RunLengthChunk:
			symbols = append(symbols, slices.Repeat([]uint16{c.PacketStatusSymbol}, int(c.RunLength))...)
		case *rtcp.StatusVectorChunk:
			symbols = append(symbols, c.SymbolList...)
		}
	}
	var out []Fate
	deltas := p.RecvDeltas
	for _, s := range symbols[:min(len(symbols), int(p.PacketStatusCount))] {
		if s != rtcp.TypeTCCPacketReceivedSmallDelta && s != rtcp.TypeTCCPacketReceivedLargeDelta {
			out = append(out, Fate{})
			continue
		}
		out = append(out, Fate{Came: true, Delta: int16(deltas[0].Delta / rtcp.TypeTCCDeltaScaleFactor)})
		deltas = deltas[1:]
	}
	return out
}

// head is the fixed part of feedback of some size, about some packets.
func head(words, packets int, rest ...byte) []byte {
	raw := []byte{2<<6 | rtcp.FormatTCC, uint8(rtcp.TypeTransportSpecificFeedback), 0, uint8(words - 1), 0, 0, 0, 1, 0, 0, 0, 2, 0, 9}
	raw = binary.BigEndian.AppendUint16(raw, uint16(packets))
	raw = append(raw, 0, 0, 100, 7)
	return append(raw, rest...)
}

func TestFeedback_Reads(t *testing.T) {
	came := func(delta int16) Fate { return Fate{Came: true, Delta: delta} }
	for name, row := range map[string]struct {
		raw  []byte
		want []Fate // nil: malformed
	}{
		"nothing at all":       {nil, nil},
		"something else":       {[]byte{2<<6 | 1, 205, 0, 0}, nil},
		"no packets":           {head(5, 0), []Fate{}},
		"cut off":              {head(5, 0)[:19], nil},
		"shorter than it says": {head(7, 1, 0x20, 1, 4, 0), nil},
		"less than a head":     {head(3, 0), nil},
		"no chunks":            {head(5, 9), nil},
		"runs of none":         {head(6, 9, 0x20, 0, 0x20, 0), nil},
		"a run":                {head(6, 2, 0x20, 2, 4, 8), []Fate{came(4), came(8)}},
		"a run beyond the end": {head(6, 2, 0x20, 9, 4, 8), []Fate{came(4), came(8)}},
		"no deltas":            {head(6, 9, 0x20, 9, 4, 8), nil},
		"half a long delta":    {head(6, 2, 0x40, 2, 4, 8), nil},
		"long, negative":       {head(6, 1, 0x40, 1, 0xff, 0xfe), []Fate{came(-2)}},
		"one bit each":         {head(6, 4, 0x80|0x28, 0, 4, 8), []Fate{came(4), {}, came(8), {}}},
		"two bits each":        {head(7, 4, 0xc0|0x18, 0, 4, 0xff, 0xfe, 0, 0, 0), []Fate{came(4), came(-2), {}, {}}},
		"a reserved status":    {head(7, 2, 0x60, 1, 0x20, 1, 4, 0, 0, 0), []Fate{{}, came(4)}},
		"what follows":         {append(head(6, 1, 0x20, 1, 4, 0), 1, 2, 3, 4), []Fate{came(4)}},
	} {
		f := &Feedback{Packets: []Fate{came(99)}} // of the feedback before
		err := f.Unmarshal(row.raw)
		if row.want == nil {
			if err == nil {
				t.Errorf("%s is read as %v", name, f.Packets)
			}
			continue
		}
		if err != nil || !slices.Equal(f.Packets, row.want) || f.Sender != 1 || f.Media != 2 || f.First != 9 || f.Reference != 100 || f.Count != 7 {
			t.Errorf("%s is read as %+v, %v; want %v", name, f, err, row.want)
		}
	}
	all := head(5+4, 8*longestRun)
	for range 8 {
		all = append(all, 0x1f, 0xff)
	}
	var f Feedback
	if err := f.Unmarshal(all); err != nil || len(f.Packets) != mostStatuses {
		t.Errorf("%d packets are told of at once, %v", len(f.Packets), err)
	}
	if _, err := (&Feedback{Packets: make([]Fate, 1<<16)}).Marshal(); err == nil {
		t.Error("more packets are told of than can be")
	}
}

func TestFeedback_AllocatesNothing(t *testing.T) {
	f, g := &Feedback{Packets: someFates(rand.New(rand.NewPCG(1, 2)))}, &Feedback{}
	exchange := func() {
		raw, err := f.Marshal()
		if err != nil || g.Unmarshal(raw) != nil {
			t.Fatal(err)
		}
	}
	exchange()
	if n := testing.AllocsPerRun(100, exchange); n != 0 {
		t.Errorf("feedback allocates %v times", n)
	}
}

func FuzzFeedback(f *testing.F) {
	f.Add([]byte{})
	f.Add(head(7, 4, 0xc0|0x18, 0, 4, 0xff, 0xfe, 0, 0, 0))
	f.Add(head(7, 9, 0x20, 1, 0x80|0x28, 0, 4, 8, 16, 0))
	f.Fuzz(func(t *testing.T, data []byte) {
		var p Feedback
		err := p.Unmarshal(data)
		var theirs rtcp.TransportLayerCC
		if theirs.Unmarshal(data) == nil && err == nil && theirs.PacketStatusCount <= mostStatuses && !slices.Equal(p.Packets, fatesOf(&theirs)) {
			t.Errorf("pion reads %v, we %v", fatesOf(&theirs), p.Packets)
		}
		if err != nil {
			return
		}
		raw, err := p.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		var again Feedback
		if err := again.Unmarshal(raw); err != nil || !slices.Equal(p.Packets, again.Packets) {
			t.Errorf("what was read as %v is read as %v, %v", p.Packets, again.Packets, err)
		}
	})
}

func FuzzFlow_Feedback(f *testing.F) {
	f.Add(head(6, 1, 0x20, 1, 1, 0))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		var p Feedback
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
