package conn

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// keptPackets is how many packets of a stream are kept, for some seconds of a picture.
const keptPackets = 1024

// keeper keeps what was sent of pictures, and sends it again where that is asked for
// (RFC 4585 section 6.2.1), in the stream for that where there is one (RFC 4588). pion's
// own does the same, but allocates for every packet that is sent, because somebody
// might need one that is overwritten; here that is copied once more.
type keeper struct {
	interceptor.NoOp
	log logging.LeveledLogger

	mu      sync.Mutex
	streams map[uint32]*kept
}

func newKeeper(log logging.LoggerFactory) *keeper {
	return &keeper{log: log.NewLogger("keeper"), streams: map[uint32]*kept{}}
}

// BindLocalStream implements interceptor.Interceptor.
func (k *keeper) BindLocalStream(info *interceptor.StreamInfo, w interceptor.RTPWriter) interceptor.RTPWriter {
	if !slices.Contains(info.RTCPFeedback, interceptor.RTCPFeedback{Type: webrtc.TypeRTCPFBNACK}) {
		return w
	}
	s := &kept{writer: w, ssrc: info.SSRC}
	if info.SSRCRetransmission != 0 && info.PayloadTypeRetransmission != 0 {
		s.repair, s.repairType, s.sequence = info.SSRCRetransmission, info.PayloadTypeRetransmission, uint16(rand.Uint32())
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.streams[info.SSRC] = s
	return s
}

// UnbindLocalStream implements interceptor.Interceptor.
func (k *keeper) UnbindLocalStream(info *interceptor.StreamInfo) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.streams, info.SSRC)
}

// BindRTCPReader implements interceptor.Interceptor.
func (k *keeper) BindRTCPReader(r interceptor.RTCPReader) interceptor.RTCPReader {
	var nack rtcp.TransportLayerNack
	look := func(h rtcp.Header, raw []byte) {
		if h.Type != rtcp.TypeTransportSpecificFeedback || h.Count != rtcp.FormatTLN {
			return
		}
		nack.Nacks = nack.Nacks[:0]
		if nack.Unmarshal(raw) == nil {
			k.asked(&nack)
		}
	}
	return interceptor.RTCPReaderFunc(func(b []byte, a interceptor.Attributes) (int, interceptor.Attributes, error) {
		n, a, err := r.Read(b, a)
		if err == nil {
			_ = eachRTCP(b[:n], look) // who reads it next reports what is malformed
		}
		return n, a, err
	})
}

// asked sends what somebody misses.
func (k *keeper) asked(nack *rtcp.TransportLayerNack) {
	k.mu.Lock()
	s := k.streams[nack.MediaSSRC]
	k.mu.Unlock()
	if s == nil {
		return
	}
	for i := range nack.Nacks {
		nack.Nacks[i].Range(func(number uint16) bool {
			if err := s.again(number); err != nil {
				k.log.Debugf("sending packet %d again: %v", number, err)
			}
			return true
		})
	}
}

// kept is what is kept of one stream.
type kept struct {
	writer     interceptor.RTPWriter
	ssrc       uint32
	repair     uint32 // SSRC of what is sent again; 0: it is sent as it was
	repairType uint8

	mu      sync.Mutex
	packets [keptPackets]keptPacket // by the lowest bits of the number

	sending  sync.Mutex // what follows is of a packet that is sent again
	sequence uint16
	copied   []byte
	header   rtp.Header
}

// keptPacket is a packet in its form on the wire, but for two bytes before the payload,
// which are for its number (RFC 4588 section 4).
type keptPacket struct {
	number uint16
	head   int // length of the header
	raw    []byte
}

// Write implements interceptor.RTPWriter.
func (s *kept) Write(h *rtp.Header, payload []byte, a interceptor.Attributes) (int, error) {
	if h.SSRC == s.ssrc {
		if err := s.keep(h, payload); err != nil {
			return 0, err
		}
	}
	return s.writer.Write(h, payload, a)
}

// originalSize is the length of the number of the packet that is sent again.
const originalSize = 2

func (s *kept) keep(h *rtp.Header, payload []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := &s.packets[h.SequenceNumber%keptPackets]
	p.head = h.MarshalSize()
	if size := p.head + originalSize + len(payload); cap(p.raw) < size {
		p.raw = make([]byte, max(size, receiveSize))
	}
	p.raw = p.raw[:p.head+originalSize]
	if _, err := h.MarshalTo(p.raw); err != nil {
		p.raw = p.raw[:0]
		return err
	}
	binary.BigEndian.PutUint16(p.raw[p.head:], h.SequenceNumber)
	p.number, p.raw = h.SequenceNumber, append(p.raw, payload...)
	return nil
}

// again sends a packet again, unless it is not kept any more.
func (s *kept) again(number uint16) error {
	s.sending.Lock()
	defer s.sending.Unlock()
	head := s.copy(number)
	if head == 0 {
		return nil
	}
	if _, err := s.header.Unmarshal(s.copied[:head]); err != nil {
		return err
	}
	payload := s.copied[head:]
	if s.repair == 0 {
		payload = payload[originalSize:]
	} else {
		s.header.SSRC, s.header.PayloadType, s.header.SequenceNumber = s.repair, s.repairType, s.sequence
		s.header.Padding, s.header.PaddingSize = false, 0
		s.sequence++
	}
	_, err := s.writer.Write(&s.header, payload, nil)
	return err
}

// copy copies a packet, so that nobody waits until it is sent. It returns the length
// of the header, 0 where there is no such packet.
func (s *kept) copy(number uint16) (head int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := &s.packets[number%keptPackets]
	if p.number != number || len(p.raw) == 0 {
		return 0
	}
	s.copied = append(s.copied[:0], p.raw...)
	return p.head
}
