package conn

import (
	"encoding/binary"
	"errors"
	"math"
	"time"

	"github.com/pion/rtcp"
)

// The units of transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-
// extensions-01 section 3.1).
const (
	referenceUnit = 64 * time.Millisecond
	referenceBits = 24
	deltaUnit     = 250 * time.Microsecond
)

// mostStatuses bounds the packets that one feedback tells of. The format allows
// 65535; receivers send many times a second.
const mostStatuses = 4096

// Feedback is transport-wide feedback: it tells of each of a run of packets whether
// and when it came (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1).
// It is an rtcp.Packet that keeps its memory: pion's allocates for each packet that it
// tells of.
type Feedback struct {
	Sender, Media uint32 // SSRCs: of who tells, and of one of the streams
	First         uint16 // number of the first packet
	Reference     uint32 // where the deltas begin, in units of 64 ms; wraps after 24 bits
	Count         uint8  // of feedback; wraps
	Packets       []Fate

	written []byte
}

// Fate is what became of a packet.
type Fate struct {
	Came  bool
	Delta int16 // after the packet before it that came, in units of 250 µs
}

var (
	errNotFeedback   = errors.New("conn: no transport-wide feedback")
	errShortFeedback = errors.New("conn: transport-wide feedback is cut off")
)

// How feedback is laid out: the fixed part, then chunks of 16 bits, then deltas of 8
// or 16.
const (
	feedbackHead = 20
	chunkSize    = 2
)

// DestinationSSRC implements rtcp.Packet.
func (f *Feedback) DestinationSSRC() []uint32 { return []uint32{f.Media} }

// MarshalSize implements rtcp.Packet.
func (f *Feedback) MarshalSize() int {
	raw, err := f.Marshal()
	if err != nil {
		return 0
	}
	return len(raw)
}

// Marshal implements rtcp.Packet. What it returns is valid until the next time.
func (f *Feedback) Marshal() ([]byte, error) {
	if len(f.Packets) > math.MaxUint16 {
		return nil, errShortFeedback
	}
	out := f.written[:0]
	out = append(out, 2<<6|rtcp.FormatTCC, uint8(rtcp.TypeTransportSpecificFeedback), 0, 0)
	out = binary.BigEndian.AppendUint32(out, f.Sender)
	out = binary.BigEndian.AppendUint32(out, f.Media)
	out = binary.BigEndian.AppendUint16(out, f.First)
	out = binary.BigEndian.AppendUint16(out, uint16(len(f.Packets)))
	out = binary.BigEndian.AppendUint32(out, f.Reference<<8|uint32(f.Count))
	for left := f.Packets; len(left) > 0; {
		c := chunkOf(left)
		out = binary.BigEndian.AppendUint16(out, uint16(c))
		left = left[min(c.len(), len(left)):]
	}
	for _, p := range f.Packets {
		switch p.status() {
		case missing:
		case small:
			out = append(out, uint8(p.Delta))
		case large:
			out = binary.BigEndian.AppendUint16(out, uint16(p.Delta))
		}
	}
	f.written = padded(out)
	return f.written, nil
}

// padded fills a packet up to whole words (RFC 3550 section 6.4.1) and says its
// length.
func padded(packet []byte) []byte {
	if padding := -len(packet) & 3; padding > 0 {
		packet[0] |= 1 << 5
		for range padding - 1 {
			packet = append(packet, 0)
		}
		packet = append(packet, uint8(padding))
	}
	binary.BigEndian.PutUint16(packet[2:], uint16(len(packet)/4-1))
	return packet
}

// Unmarshal implements rtcp.Packet. Nothing of the raw packet is kept.
func (f *Feedback) Unmarshal(raw []byte) error {
	var h rtcp.Header
	if err := h.Unmarshal(raw); err != nil || h.Type != rtcp.TypeTransportSpecificFeedback || h.Count != rtcp.FormatTCC {
		return errNotFeedback
	}
	size := 4 * (int(h.Length) + 1)
	if size < feedbackHead || size > len(raw) {
		return errShortFeedback
	}
	raw = raw[:size]
	f.Sender, f.Media = binary.BigEndian.Uint32(raw[4:]), binary.BigEndian.Uint32(raw[8:])
	f.First = binary.BigEndian.Uint16(raw[12:])
	reference := binary.BigEndian.Uint32(raw[16:])
	f.Reference, f.Count = reference>>8, uint8(reference)
	f.Packets = f.Packets[:0]
	return f.read(raw[feedbackHead:], int(binary.BigEndian.Uint16(raw[14:])))
}

// read reads the chunks and the deltas of a number of packets.
func (f *Feedback) read(body []byte, count int) error {
	deltas, err := afterChunks(body, count)
	if err != nil {
		return err
	}
	left := min(count, mostStatuses)
	for ; left > 0; body = body[chunkSize:] {
		c := chunk(binary.BigEndian.Uint16(body))
		of := min(c.len(), left)
		left -= of
		for i := range of {
			s := c.at(i)
			if len(deltas) < s.deltaSize() {
				return errShortFeedback
			}
			f.Packets = append(f.Packets, s.fate(deltas))
			deltas = deltas[s.deltaSize():]
		}
	}
	return nil
}

// afterChunks returns what follows the chunks of a number of packets.
func afterChunks(body []byte, count int) ([]byte, error) {
	for count > 0 {
		if len(body) < chunkSize {
			return nil, errShortFeedback
		}
		count -= chunk(binary.BigEndian.Uint16(body)).len()
		body = body[chunkSize:]
	}
	return body, nil
}

// status says of a packet whether it came, and how the delta is written. The fourth
// is reserved: it has none.
type status uint16

const (
	missing status = iota
	small
	large
)

// status is how a packet is told of.
func (p Fate) status() status {
	switch {
	case !p.Came:
		return missing
	case p.Delta >= 0 && p.Delta <= math.MaxUint8:
		return small
	default:
		return large
	}
}

// deltaSize is how many bytes the delta takes.
func (s status) deltaSize() int {
	if s > large {
		return 0
	}
	return int(s)
}

// fate reads what a packet's delta says.
func (s status) fate(deltas []byte) Fate {
	switch s {
	case small:
		return Fate{Came: true, Delta: int16(deltas[0])}
	case large:
		return Fate{Came: true, Delta: int16(binary.BigEndian.Uint16(deltas))}
	default:
		return Fate{}
	}
}

// chunk is the status of some packets: of a run of equals, of 14 that are missing or
// small, or of 7.
type chunk uint16

const (
	vectorFlag  = 1 << 15
	widerFlag   = 1 << 14
	longestRun  = 1<<13 - 1
	vectorOne   = 14 // packets in a vector of one bit each
	vectorTwo   = 7  // and of two
	runStatusAt = 13
)

// len is how many packets a chunk is about.
func (c chunk) len() int {
	switch {
	case c&vectorFlag == 0:
		return int(c & longestRun)
	case c&widerFlag == 0:
		return vectorOne
	default:
		return vectorTwo
	}
}

// at is the status of one of its packets.
func (c chunk) at(i int) status {
	switch {
	case c&vectorFlag == 0:
		return status(c >> runStatusAt & 3)
	case c&widerFlag == 0:
		return status(c >> (vectorOne - 1 - i) & 1)
	default:
		return status(c >> (2 * (vectorTwo - 1 - i)) & 3)
	}
}

// chunkOf returns the chunk that tells of the most packets, of those that are left.
func chunkOf(left []Fate) chunk {
	first, run := left[0].status(), 1
	for run < min(len(left), longestRun) && left[run].status() == first {
		run++
	}
	narrow := left[:min(len(left), vectorOne)]
	wide := hasLarge(narrow)
	switch {
	case run >= vectorOne, run == len(left), wide && run >= vectorTwo:
		return chunk(first)<<runStatusAt | chunk(run)
	case wide:
		return vector(vectorFlag|widerFlag, left[:min(len(left), vectorTwo)], 2, vectorTwo)
	default:
		return vector(vectorFlag, narrow, 1, vectorOne)
	}
}

func hasLarge(packets []Fate) bool {
	for _, p := range packets {
		if p.status() == large {
			return true
		}
	}
	return false
}

// vector returns a chunk with the status of each packet, of so many bits, and room
// for some packets.
func vector(flags chunk, packets []Fate, bits, room int) chunk {
	for i, p := range packets {
		flags |= chunk(p.status()) << (bits * (room - 1 - i))
	}
	return flags
}
