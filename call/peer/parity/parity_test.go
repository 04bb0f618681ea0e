package parity

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// stream is a block of packets and what there is of parity for it.
type stream struct {
	first   int64
	packets []Packet
	parity  [][]byte
}

func newStream(dice *rand.Rand, first int64, packets, parity int) (s stream) {
	b := NewBlock()
	s.first = first
	for i := range packets {
		p := Packet{Sequence: first + int64(i), Stamp: 77, Type: 96, Marker: i == packets-1, Payload: make([]byte, 1+dice.IntN(MostPayload))}
		for j := range p.Payload {
			p.Payload[j] = byte(dice.Uint32())
		}
		b.Add(p.Marker, p.Payload)
		s.packets = append(s.packets, p)
	}
	for i := range parity {
		s.parity = append(s.parity, bytes.Clone(b.Parity(i, parity, 96)))
	}
	return s
}

// started returns one that knows that there is parity.
func started(t *testing.T) *Recovery {
	t.Helper()
	r := NewRecovery()
	if _, _, ok := r.Parity(-100, 1, newStream(rand.New(rand.NewPCG(1, 1)), -100, 2, 1).parity[0]); !ok || !r.Active() {
		t.Fatal("parity is not taken")
	}
	return r
}

// Whatever is lost of a block and its parity, what is left suffices if it is as much as
// the block, in whatever order it comes; each packet is found once.
func TestRecovery_AnySoManyAreEnough(t *testing.T) {
	dice := rand.New(rand.NewPCG(7, 8))
	first := int64(65_530)
	r := started(t)
	for range 400 {
		packets, parity := 1+dice.IntN(MostPackets), 1+dice.IntN(MostParity)
		s := newStream(dice, first, packets, parity)
		first += int64(packets)
		order := dice.Perm(packets + parity)[:packets]
		seen := map[int64]Packet{}
		for _, i := range order {
			if r.Ready() {
				t.Fatal("too little is enough")
			}
			if i < packets {
				seen[s.packets[i].Sequence] = s.packets[i]
				r.Came(s.packets[i])
			} else if end, last, ok := r.Parity(s.first, 77, s.parity[i-packets]); !ok || end != first || last != (i == packets+parity-1) {
				t.Fatalf("parity is refused, or ends at %d, last %v", end, last)
			}
		}
		if r.Ready() != (len(seen) < packets) {
			t.Fatalf("%d of %d are here, ready: %v", len(seen), packets, r.Ready())
		}
		for _, p := range r.Recover() {
			if _, twice := seen[p.Sequence]; twice {
				t.Fatalf("packet %d was found, though it is here", p.Sequence)
			}
			p.Payload = bytes.Clone(p.Payload)
			seen[p.Sequence] = p
		}
		for _, want := range s.packets {
			got := seen[want.Sequence]
			if !bytes.Equal(got.Payload, want.Payload) || got.Marker != want.Marker || got.Stamp != want.Stamp || got.Type != want.Type {
				t.Fatalf("%d packets, %d parity: packet %d is %d bytes %v, want %d bytes %v", packets, parity,
					want.Sequence-s.first, len(got.Payload), got.Marker, len(want.Payload), want.Marker)
			}
		}
	}
}

// One packet too few finds nothing, and the last of parity tells so.
func TestRecovery_TooFew(t *testing.T) {
	r := started(t)
	s := newStream(rand.New(rand.NewPCG(3, 4)), 10, 6, 2)
	for _, p := range s.packets[3:] {
		r.Came(p)
	}
	for i, content := range s.parity {
		end, last, ok := r.Parity(10, 77, content)
		if !ok || last != (i == 1) || end != 16 || r.Ready() || r.Recover() != nil {
			t.Errorf("parity %d: it ends at %d, last %v", i, end, last)
		}
	}
	r.Came(s.packets[1])
	if found := r.Recover(); len(found) != 2 || found[0].Sequence != 10 || found[1].Sequence != 12 {
		t.Errorf("with one more %+v are found", found)
	}
	if r.Came(s.packets[0]); r.Ready() || r.Recover() != nil {
		t.Error("what is there was found again")
	}
}

// Parity of what is complete is not needed, and is counted.
func TestRecovery_Discarded(t *testing.T) {
	r := started(t)
	before := r.Discarded()
	s := newStream(rand.New(rand.NewPCG(5, 6)), 10, 4, 3)
	for _, p := range s.packets {
		r.Came(p)
	}
	for _, content := range append(s.parity, s.parity[0]) {
		if _, _, ok := r.Parity(10, 77, content); !ok || r.Ready() {
			t.Error("it is refused, or of use")
		}
	}
	s = newStream(rand.New(rand.NewPCG(5, 6)), 14, 2, 2)
	for _, content := range s.parity {
		r.Parity(14, 77, content)
	}
	r.Came(s.packets[0])
	r.Came(s.packets[1]) // and no parity was needed
	if got := r.Discarded() - before; got != 6 {
		t.Errorf("%d are discarded", got)
	}
}

func TestBlock_Full(t *testing.T) {
	b := NewBlock()
	if b.Add(false, make([]byte, MostPayload+1)) {
		t.Error("a packet that is too long is taken")
	}
	for range MostPackets {
		if !b.Add(false, make([]byte, 10)) {
			t.Fatal("a packet is refused")
		}
	}
	if b.Add(true, nil) || b.Len() != MostPackets || b.Bytes() != 10*MostPackets {
		t.Errorf("%d packets, %d bytes", b.Len(), b.Bytes())
	}
	if b.Reset(); b.Len() != 0 || b.Bytes() != 0 {
		t.Error("it is not empty")
	}
}

func TestField(t *testing.T) {
	f := newField()
	for a := 1; a <= order; a++ {
		if f.times(byte(a), f.inverse(byte(a))) != 1 {
			t.Fatalf("%d has no inverse", a)
		}
	}
	for packet := range MostPackets {
		if f.coefficient(0, packet) != 1 {
			t.Error("the first of parity is not the sum")
		}
	}
}

// Whatever comes as parity, nothing that came is found, and nothing is found twice.
func FuzzRecovery(f *testing.F) {
	s := newStream(rand.New(rand.NewPCG(9, 9)), 3, 5, 3)
	f.Add(s.parity[0], s.parity[1], s.parity[2], uint16(0b00111))
	f.Add([]byte{96, 2, 2, 1, 0, 0}, []byte{96, 2, 2, 0, 0, 1, 7}, []byte{96, 24, 8, 7, 255, 255}, uint16(0))
	f.Fuzz(func(t *testing.T, one, two, three []byte, came uint16) {
		r := NewRecovery()
		seen := map[int64]bool{}
		check := func(found []Packet) {
			for _, p := range found {
				if seen[p.Sequence] || len(p.Payload) > MostPayload {
					t.Fatalf("packet %d of %d bytes", p.Sequence, len(p.Payload))
				}
				seen[p.Sequence] = true
			}
		}
		for _, content := range [][]byte{one, two} {
			r.Parity(3, 77, content)
		}
		check(r.Recover())
		for i, p := range s.packets {
			if came>>i&1 == 1 && !seen[p.Sequence] {
				seen[p.Sequence] = true
				r.Came(p)
			}
		}
		r.Parity(3, 77, three)
		check(r.Recover())
		check(r.Recover())
	})
}

func BenchmarkParity(b *testing.B) {
	dice := rand.New(rand.NewPCG(1, 2))
	s := newStream(dice, 0, 9, 0)
	block := NewBlock()
	for b.Loop() {
		block.Reset()
		for _, p := range s.packets {
			block.Add(p.Marker, p.Payload[:min(len(p.Payload), 1100)])
		}
		for i := range 3 {
			block.Parity(i, 3, 96)
		}
	}
}
