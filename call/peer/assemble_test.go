package peer

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"
)

// packet is what is pushed into an assembler.
type packet struct {
	sequence int64
	stamp    uint32
	marker   bool
	payload  []byte
}

// stream cuts frames into packets, from sequence number 65530 on, so that it
// wraps early.
type stream struct {
	dialect
	packets []packet
	frames  [][]byte
	cut     packetizer
	format  *format
}

func newStream() *stream { return newStreamOf(dialects[0]) }

func newStreamOf(d dialect) *stream {
	return &stream{dialect: d, cut: newPacketizer(d.mime), format: newFormat(d.mime)}
}

func newFormat(mime string) *format { return &format{mime: mime, depacketizer: newDepacketizer(mime)} }

// frame adds a frame of about so many bytes.
func (s *stream) frame(key bool, length int) *stream {
	number := len(s.frames)
	data := s.make(number, key, length)
	s.frames = append(s.frames, data)
	s.cut.split(data, func(payload []byte, last bool) {
		s.packets = append(s.packets, packet{
			sequence: 65530 + int64(len(s.packets)), stamp: uint32(number) * 3000,
			marker: last, payload: bytes.Clone(payload),
		})
	})
	return s
}

// feed pushes packets a millisecond apart and returns the numbers of the frames
// that come out. It checks that each is whole.
func feed(t *testing.T, a *assembler, s *stream, packets ...packet) (numbers []int) {
	t.Helper()
	now := time.Unix(0, 0)
	for _, p := range packets {
		now = now.Add(time.Millisecond)
		a.push(s.format, p.sequence, p.stamp, p.marker, p.payload, now)
		for f, ok := a.pop(now); ok; f, ok = a.pop(now) {
			n := s.number(f.data)
			// Of a key frame of H.264 the parameter sets may be lost, which others had before.
			headless := s.mime == H264 && f.key && bytes.HasSuffix(s.frames[n], f.data)
			if !headless && !bytes.Equal(f.data, s.frames[n]) {
				t.Fatalf("frame %d came out changed", n)
			}
			if f.key != s.cut.isKey(s.frames[n]) {
				t.Fatalf("frame %d: key is %v", n, f.key)
			}
			numbers = append(numbers, n)
		}
	}
	return numbers
}

func equal(t *testing.T, got []int, want ...int) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("frames %v, want %v", got, want)
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("frames %v, want %v", got, want)
		}
	}
}

func TestAssembler_InOrder(t *testing.T) {
	s := newStream().frame(true, 5000).frame(false, 100).frame(false, 2500)
	equal(t, feed(t, newAssembler(minPatience), s, s.packets...), 0, 1, 2)
}

func TestAssembler_DeliversAtTheMarker(t *testing.T) {
	s := newStream().frame(true, 5000)
	last := len(s.packets) - 1
	a := newAssembler(minPatience)
	equal(t, feed(t, a, s, s.packets[:last]...))
	equal(t, feed(t, a, s, s.packets[last]), 0)
}

func TestAssembler_ReorderedAndRepeated(t *testing.T) {
	s := newStream().frame(true, 4000).frame(false, 3000).frame(false, 2000)
	p := s.packets
	mixed := []packet{p[1], p[0], p[0], p[3], p[2], p[5], p[4], p[4], p[6], p[1]}
	mixed = append(mixed, p[7:]...)
	equal(t, feed(t, newAssembler(minPatience), s, mixed...), 0, 1, 2)
}

func TestAssembler_WaitsForWhatIsMissing(t *testing.T) {
	s := newStream().frame(true, 100).frame(false, 3000).frame(false, 100)
	a := newAssembler(minPatience)
	equal(t, feed(t, a, s, s.packets[0], s.packets[1], s.packets[3], s.packets[4]), 0)
	if !a.waiting() || a.needsKey() {
		t.Errorf("waiting %v, needs a key frame %v", a.waiting(), a.needsKey())
	}
	equal(t, feed(t, a, s, s.packets[2]), 1, 2)
	if a.waiting() {
		t.Error("still waiting")
	}
}

func TestAssembler_GivesUpAndWaitsForAKeyFrame(t *testing.T) {
	s := newStream().frame(true, 100).frame(false, 100).frame(false, 100).frame(true, 100).frame(false, 100)
	a := newAssembler(0)
	equal(t, feed(t, a, s, s.packets[0], s.packets[2]), 0)
	if !a.needsKey() || a.gaveUp != 1 {
		t.Errorf("needs a key frame %v, gave up %d times", a.needsKey(), a.gaveUp)
	}
	equal(t, feed(t, a, s, s.packets[1]))
	equal(t, feed(t, a, s, s.packets[3:]...), 3, 4)
}

func TestAssembler_TakesALaterKeyFrameAtOnce(t *testing.T) {
	s := newStream().frame(true, 100).frame(false, 100).frame(false, 100).frame(true, 3000).frame(false, 100)
	a := newAssembler(time.Hour)
	equal(t, feed(t, a, s, append([]packet{s.packets[0]}, s.packets[2:]...)...), 0, 3, 4)
}

func TestAssembler_BeginsWithAKeyFrame(t *testing.T) {
	s := newStream().frame(false, 2000).frame(true, 2000).frame(false, 100)
	a := newAssembler(minPatience)
	equal(t, feed(t, a, s, s.packets[1]))
	if !a.needsKey() {
		t.Error("a stream that begins in the middle does not need a key frame")
	}
	equal(t, feed(t, a, s, s.packets[2:]...), 1, 2)
}

func TestAssembler_DecoderBroke(t *testing.T) {
	s := newStream().frame(true, 100).frame(false, 100).frame(false, 100).frame(true, 100)
	a := newAssembler(minPatience)
	equal(t, feed(t, a, s, s.packets[0], s.packets[1]), 0, 1)
	a.broken()
	equal(t, feed(t, a, s, s.packets[2], s.packets[3]), 3)
}

func TestAssembler_MarkerLost(t *testing.T) {
	s := newStream().frame(true, 100).frame(false, 100).frame(false, 100)
	s.packets[1].marker = false
	equal(t, feed(t, newAssembler(minPatience), s, s.packets...), 0, 1, 2)
}

func TestAssembler_PaddingIsNotMissing(t *testing.T) {
	s := newStream().frame(true, 100)
	s.packets = append(s.packets, packet{sequence: 65531}, packet{sequence: 65532})
	s.frame(false, 100)
	equal(t, feed(t, newAssembler(minPatience), s, s.packets...), 0, 1)
}

func TestAssembler_FarAhead(t *testing.T) {
	s := newStream().frame(true, 100).frame(true, 100).frame(false, 100)
	for i := range s.packets[1:] {
		s.packets[i+1].sequence += 5000
	}
	equal(t, feed(t, newAssembler(minPatience), s, s.packets...), 0, 1, 2)
}

// TestAssembler_NeverShowsWhatCannotBeDecoded loses, repeats and reorders at
// random: every frame that comes out must be a key frame or follow the one
// before it without a gap.
func TestAssembler_NeverShowsWhatCannotBeDecoded(t *testing.T) {
	for _, d := range dialects {
		for seed := range uint64(100) {
			neverShowsWhatCannotBeDecoded(t, d, seed)
		}
	}
}

func neverShowsWhatCannotBeDecoded(t *testing.T, d dialect, seed uint64) {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 0))
	s := newStreamOf(d)
	for i := range 60 {
		s.frame(i%20 == 0, 5+random.IntN(4000))
	}
	packets := mangle(random, s.packets)
	last := -1
	for _, n := range feed(t, newAssembler(time.Duration(random.IntN(20))*time.Millisecond), s, packets...) {
		if n <= last || n != last+1 && n%20 != 0 {
			t.Fatalf("%s, seed %d: frame %d after %d", d.mime, seed, n, last)
		}
		last = n
	}
	if last < 0 && seed%4 == 0 {
		t.Errorf("%s, seed %d: nothing came out", d.mime, seed)
	}
}

// The other side may take another of the agreed codecs at any key frame.
func TestAssembler_OtherCodecs(t *testing.T) {
	a, sequence, now := newAssembler(minPatience), int64(0), begin
	for turn := range 6 {
		s := newStreamOf(dialects[turn%len(dialects)]).frame(true, 3000).frame(false, 2000)
		for _, p := range s.packets {
			sequence++
			a.push(s.format, sequence, p.stamp+uint32(turn), p.marker, p.payload, now)
		}
		for n := range 2 {
			f, ok := a.pop(now)
			if !ok || f.format != s.format || !bytes.Equal(f.data, s.frames[n]) {
				t.Fatalf("turn %d, frame %d: %v", turn, n, ok)
			}
		}
	}
}

func mangle(random *rand.Rand, packets []packet) (mangled []packet) {
	loss := random.IntN(10)
	for _, p := range packets {
		for random.IntN(100) >= loss {
			mangled = append(mangled, p)
			if random.IntN(20) > 0 {
				break
			}
		}
	}
	for i := range mangled {
		if j := i + random.IntN(4); random.IntN(10) == 0 && j < len(mangled) {
			mangled[i], mangled[j] = mangled[j], mangled[i]
		}
	}
	return mangled
}

// FuzzAssembler feeds packets made of the input: three bytes of header each.
func FuzzAssembler(f *testing.F) {
	f.Add([]byte{0, 0, 4, 0x10, 0, 0, 0, 1, 1, 2, 0x10, 1})
	f.Add([]byte{200, 3, 1, 0x90, 0, 0, 0})
	f.Fuzz(func(t *testing.T, input []byte) {
		a := newAssembler(time.Millisecond)
		formats := []*format{newFormat(VP8), newFormat(VP9), newFormat(H264), newFormat(AV1)}
		now := time.Unix(0, 0)
		sequence := int64(0)
		for len(input) >= 3 {
			sequence += int64(int8(input[0]))
			marker, as, stamp := input[1]&1 == 1, formats[input[1]>>1&3], uint32(input[1]>>3)
			n := min(int(input[2]), len(input)-3)
			now = now.Add(time.Millisecond)
			a.push(as, sequence, stamp, marker, input[3:3+n], now)
			for frame, ok := a.pop(now); ok; frame, ok = a.pop(now) {
				if len(frame.data) == 0 {
					t.Fatal("an empty frame")
				}
			}
			input = input[3+n:]
		}
	})
}
