package conn

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"

	"parley/call/peer/congestion"
)

// mostWaiting bounds the packets of a picture that wait. It is far beyond what a
// sender that asks for Backlog ever gives.
const mostWaiting = 4096

// mostUseful is for how many packets it is known what was sent before a key frame. They
// are more than wait and than are kept, and far less than half of all numbers: beyond
// that what is new would seem to be old.
const mostUseful = 2 * mostWaiting

// flowStream is one stream of a Flow, with its retransmissions.
type flowStream struct {
	flow           *Flow
	writer         interceptor.RTPWriter
	sound          bool
	extension      uint8 // id of the transport-wide sequence number; 0: not agreed
	ssrc           uint32
	repair         uint32 // SSRC of retransmissions (RFC 4588); 0: none
	repairType     uint8
	repairSequence uint16
	first          uint16 // the first packet that is still of use, at most mostUseful before the newest; once begun
	begun          bool
	newest         uint16 // that was written
	written        bool   // anything was
	repeats        repeats
	guard          guard

	header rtp.Header // of the packet being written
	number [2]byte    // its transport-wide sequence number
}

// Write implements interceptor.RTPWriter.
func (s *flowStream) Write(h *rtp.Header, payload []byte, _ interceptor.Attributes) (int, error) {
	f := s.flow
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return 0, nil
	}
	now, size := time.Now(), h.MarshalSize()+len(payload)+packetCost
	if s.sound {
		f.pacer.Spend(size, now)
		return s.leave(h, payload, congestion.Sent{}, now)
	}
	class := s.class(h)
	if class == congestion.Retransmission {
		if s.repairs(h) && h.PayloadType != s.repairType {
			turned := *h // of another codec than the stream began with
			turned.PayloadType = s.repairType
			h = &turned
		}
		if !s.again(h, payload, now) {
			return size, nil
		}
	} else {
		s.advance(h.SequenceNumber)
		f.spare.keep(s, h, payload)
	}
	cluster, ok := f.pacer.Pass(size, now)
	if !ok {
		f.queue(s, class, h, payload, size)
	} else if n, err := s.leave(h, payload, sentAs(class, cluster), now); err != nil {
		return n, err
	}
	if class == congestion.Picture {
		s.shield(h, payload)
	}
	return size, nil
}

// class is that of a packet. Where there is no stream for what is sent again, its number
// tells.
func (s *flowStream) class(h *rtp.Header) congestion.Class {
	if s.repairs(h) || s.repair == 0 && s.written && int16(h.SequenceNumber-s.newest) <= 0 {
		return congestion.Retransmission
	}
	return congestion.Picture
}

// sentAs is what the estimate is told of a packet, beside its number and size.
func sentAs(class congestion.Class, cluster int) congestion.Sent {
	return congestion.Sent{Cluster: cluster, Repair: class == congestion.Retransmission}
}

// repairs reports whether a packet is one of the stream of retransmissions.
func (s *flowStream) repairs(h *rtp.Header) bool { return s.repair != 0 && h.SSRC == s.repair }

// numberOf is the number of a packet in the stream: of one that is sent again, that
// of the original, with which its payload begins (RFC 4588 section 4).
func (s *flowStream) numberOf(h *rtp.Header, payload []byte) uint16 {
	if s.repairs(h) && len(payload) >= 2 {
		return binary.BigEndian.Uint16(payload)
	}
	return h.SequenceNumber
}

// passed reports whether a packet is of no use since a key frame.
func (s *flowStream) passed(number uint16) bool { return s.begun && int16(number-s.first) < 0 }

// advance takes note of the newest packet, so that key frames may be days apart.
func (s *flowStream) advance(newest uint16) {
	s.newest, s.written = newest, true
	if s.begun && int16(newest-s.first) > mostUseful {
		s.first = newest - mostUseful
	}
}

// again reports whether a packet is to be sent again: not where it is of no use,
// nor where it still may come of the last time. Whoever misses a packet asks for it
// more often than it can come where a queue stands on the way.
func (s *flowStream) again(h *rtp.Header, payload []byte, now time.Time) bool {
	number := s.numberOf(h, payload)
	if s.passed(number) {
		return false
	}
	e := s.flow.control.Estimate(now)
	return s.repeats.due(number, now, e.Trip+e.Queue, s.flow.pacer.Backlog())
}

// repeats remembers when packets were last sent again.
type repeats [128]struct {
	number uint16
	at     time.Time // when it left or is going to
}

// due reports whether a packet may be sent again, and counts it: the last time is
// longer ago than it takes to hear of it.
func (r *repeats) due(number uint16, now time.Time, trip, backlog time.Duration) bool {
	last := &r[number%uint16(len(r))]
	if last.number == number && now.Before(last.at.Add(trip)) {
		return false
	}
	last.number, last.at = number, now.Add(backlog)
	return true
}

// queue keeps a copy of a packet until it may leave.
func (f *Flow) queue(s *flowStream, class congestion.Class, h *rtp.Header, payload []byte, size int) {
	w := f.blank()
	w.stream, w.class, w.size = s, class, size
	copyHeader(&w.header, h)
	w.payload = append(w.payload[:0], payload...)
	if f.pacer.Waiting() >= mostWaiting || !f.pacer.Push(class, size, w) {
		f.free = append(f.free, w)
		return
	}
	if f.pacer.Waiting() == 1 {
		f.nudge()
	}
}

func (f *Flow) blank() *waiting {
	last := len(f.free) - 1
	if last < 0 {
		return &waiting{}
	}
	w := f.free[last]
	f.free = f.free[:last]
	return w
}

// copyHeader copies a header and keeps the memory of the extensions.
func copyHeader(to, from *rtp.Header) {
	extensions := to.Extensions[:0]
	*to = *from
	to.Extensions = extensions
	to.Extensions = append(to.Extensions, from.Extensions...)
}

// leave numbers a packet and writes it. The estimate is told what is known of it.
func (s *flowStream) leave(h *rtp.Header, payload []byte, as congestion.Sent, now time.Time) (int, error) {
	copyHeader(&s.header, h)
	if s.repairs(h) {
		s.header.SequenceNumber = s.repairSequence // those of a probe are among them
		s.repairSequence++
	}
	if err := s.count(len(payload), as, now); err != nil {
		return 0, err
	}
	return s.writer.Write(&s.header, payload, nil)
}

// count numbers the packet in header and tells the estimate.
func (s *flowStream) count(payload int, as congestion.Sent, now time.Time) error {
	f := s.flow
	as.Size = payload + int(s.header.PaddingSize) + packetCost
	if s.extension == 0 {
		as.Size += s.header.MarshalSize()
		f.control.SentUnnumbered(as, now)
		return nil
	}
	binary.BigEndian.PutUint16(s.number[:], f.sequence)
	if err := s.header.SetExtension(s.extension, s.number[:]); err != nil {
		return fmt.Errorf("conn: numbering a packet: %w", err)
	}
	as.Sequence = f.sequence
	as.Size += s.header.MarshalSize()
	f.control.Sent(as, now)
	f.sequence++
	return nil
}

// spare is a copy of a packet of the picture, to be sent again as padding of a
// probe: where the first is lost, it is of use.
type spare struct {
	stream  *flowStream
	header  rtp.Header
	payload []byte
}

// spareLeast is the least payload worth keeping, in bytes.
const spareLeast = 200

// keep takes the place of the packet before it.
func (p *spare) keep(s *flowStream, h *rtp.Header, payload []byte) {
	if s.repair == 0 || s.repairType == 0 || s.extension == 0 || len(payload) < spareLeast {
		return
	}
	p.stream = s
	copyHeader(&p.header, h)
	p.payload = binary.BigEndian.AppendUint16(p.payload[:0], h.SequenceNumber) // RFC 4588 section 4
	p.payload = append(p.payload, payload...)
	p.header.SSRC, p.header.PayloadType = s.repair, s.repairType
}

// paddingMost is the most padding that a packet can have (RFC 3550 section 5.1).
const paddingMost = 255

// pad sends padding if a probe wants it: the spare packet, or, where that would
// make the probe longer than it has to be, one of padding only. Receivers take
// those in a stream of retransmissions for what they are.
func (f *Flow) pad(now time.Time) bool {
	s := f.spare.stream
	if s == nil {
		return false
	}
	wanted, ok := f.pacer.Pad(now)
	if !ok {
		return false
	}
	header, payload := &f.spare.header, f.spare.payload
	size := header.MarshalSize() + len(payload) + packetCost
	if wanted < size {
		f.hollow = rtp.Header{
			Version: 2, SSRC: header.SSRC, PayloadType: header.PayloadType, Timestamp: header.Timestamp,
			Padding: true, PaddingSize: paddingMost,
		}
		header, payload = &f.hollow, nil
		size = header.MarshalSize() + paddingMost + packetCost
	}
	_, err := s.leave(header, payload, congestion.Sent{Cluster: f.pacer.Padded(size, now), Repair: true}, now)
	return err == nil
}
