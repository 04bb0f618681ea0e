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
		return s.leave(h, payload, 0, now)
	}
	class := congestion.Picture
	if h.SSRC == s.repair && s.repair != 0 {
		class = congestion.Retransmission
	} else {
		f.spare.keep(s, h, payload)
	}
	if cluster, ok := f.pacer.Pass(size, now); ok {
		return s.leave(h, payload, cluster, now)
	}
	f.queue(s, class, h, payload, size)
	return size, nil
}

// queue keeps a copy of a packet until it may leave.
func (f *Flow) queue(s *flowStream, class congestion.Class, h *rtp.Header, payload []byte, size int) {
	w := f.blank()
	w.stream, w.size = s, size
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

// leave numbers a packet and writes it.
func (s *flowStream) leave(h *rtp.Header, payload []byte, cluster int, now time.Time) (int, error) {
	copyHeader(&s.header, h)
	if s.repair != 0 && h.SSRC == s.repair {
		s.header.SequenceNumber = s.repairSequence // those of a probe are among them
		s.repairSequence++
	}
	if err := s.count(len(payload), cluster, now); err != nil {
		return 0, err
	}
	return s.writer.Write(&s.header, payload, nil)
}

// count numbers the packet in header and tells the estimate.
func (s *flowStream) count(payload, cluster int, now time.Time) error {
	f := s.flow
	if s.extension == 0 {
		f.control.SentUnnumbered(s.header.MarshalSize()+payload+packetCost, now)
		return nil
	}
	binary.BigEndian.PutUint16(s.number[:], f.sequence)
	if err := s.header.SetExtension(s.extension, s.number[:]); err != nil {
		return fmt.Errorf("conn: numbering a packet: %w", err)
	}
	f.control.Sent(congestion.Sent{
		Sequence: f.sequence, Size: s.header.MarshalSize() + payload + packetCost, Cluster: cluster,
		Repair: s.repair != 0 && s.header.SSRC == s.repair,
	}, now)
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

// pad sends the spare packet, if a probe wants padding.
func (f *Flow) pad(now time.Time) bool {
	s := f.spare.stream
	if s == nil || !f.pacer.Pad(now) {
		return false
	}
	size := f.spare.header.MarshalSize() + len(f.spare.payload) + packetCost
	_, err := s.leave(&f.spare.header, f.spare.payload, f.pacer.Padded(size, now), now)
	return err == nil
}
