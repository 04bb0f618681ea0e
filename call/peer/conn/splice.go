package conn

import (
	"encoding/binary"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/transport/v4/packetio"
)

const (
	// maxSources bounds the streams of one connection that are told apart. What
	// comes on more is dropped.
	maxSources = 64
	// handOver is how long the source of a lane must be silent until another takes
	// over: longer than any packet of sound lasts, so that a second one that comes
	// beside the first changes nothing.
	handOver = 200 * time.Millisecond
	// What a stream may hold that nobody reads, in bytes: pion's own limits.
	maxHeldRTP  = 1000 * 1000
	maxHeldRTCP = 100 * 1000
)

// splice lets a sender change its SSRC without a word. pion hands over only what
// the remote description declares, or what names a simulcast stream; RFC 9143
// section 9.2 lets any SSRC belong to the section that its packets name, or whose
// payload type they have. So it stands between SRTP and pion, as the buffers of
// pion's streams: packets of such an SSRC go on in the declared stream of their
// section, numbered and timed as if nothing had happened. It also stands
// nearest to the network for RTCP, where it translates back.
type splice struct {
	interceptor.NoOp
	now  func() time.Time
	came func(h *rtp.Header, at time.Time) // is told of every packet, before anything becomes of it

	mu        sync.Mutex
	declared  map[uint32]*lane // nil: it is declared, and nothing goes on in it
	byMID     map[string]*lane
	byPayload map[uint8]*lane // nil: of several sections
	extension uint8           // that names sections
	open      bool            // a section declares no SSRC: pion may know what to do
	sources   map[uint32]*source
	strayed   bool // one of them is not declared
	header    rtp.Header
}

// lane is a stream that pion knows.
type lane struct {
	ssrc      uint32
	rate      uint32 // of its clock
	repairing map[uint8]bool
	repair    *lane // what retransmits it; nil for none
	played    *lane // the reverse of repair
	rtp, rtcp *buffer

	from  *source // whose packets go on; nil: none yet
	last  uint16  // sequence number, as numbered here
	stamp uint32
	at    time.Time // when that came
}

// source is an SSRC whose packets go on in a lane.
type source struct {
	ssrc     uint32
	lane     *lane
	sequence uint16 // is added
	stamp    uint32
}

func newSplice(now func() time.Time) *splice {
	return &splice{now: now, came: func(*rtp.Header, time.Time) {}, declared: map[uint32]*lane{}, sources: map[uint32]*source{}}
}

// describe takes note of what a remote description declares. Streams that stay
// go on as they are.
func (s *splice) describe(d *sdp.SessionDescription) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.declared
	s.declared, s.byMID, s.byPayload = map[uint32]*lane{}, map[string]*lane{}, map[uint8]*lane{}
	s.open, s.extension = false, 0
	for _, m := range d.MediaDescriptions {
		direction := directionOf(d, m)
		if refused(m) || direction == "recvonly" || direction == inactive {
			continue
		}
		if m.MediaName.Media == "audio" || m.MediaName.Media == "video" {
			s.declare(sectionOf(m), old)
		}
	}
	for ssrc, from := range s.sources {
		if s.declared[from.lane.ssrc] != from.lane {
			delete(s.sources, ssrc)
		}
	}
}

func (s *splice) declare(m section, old map[uint32]*lane) {
	for _, ssrc := range m.sources {
		s.declared[ssrc] = nil
	}
	var played *lane
	if m.primary == 0 {
		s.open = s.open || len(m.sources) == 0
	} else {
		played = s.lane(m.primary, m, old)
		if m.repair != 0 {
			played.repair = s.lane(m.repair, m, old)
			played.repair.played = played
		}
		s.byMID[m.mid] = played
	}
	s.extension = max(s.extension, m.extension) // one id for all that are bundled
	for _, payload := range m.payloads {
		if _, twice := s.byPayload[payload]; twice {
			s.byPayload[payload] = nil
		} else {
			s.byPayload[payload] = played
		}
	}
}

// lane returns the lane of a declared SSRC: the one that there is, or a new one.
func (s *splice) lane(ssrc uint32, m section, old map[uint32]*lane) *lane {
	l := old[ssrc]
	if l == nil {
		l = &lane{ssrc: ssrc}
		if from := s.sources[ssrc]; from != nil {
			delete(s.sources, ssrc) // it went on in another
		}
	}
	l.rate, l.repairing = m.rate, m.repairing
	s.declared[ssrc] = l
	return l
}

// buffer is what holds the packets of one stream until pion reads them.
type buffer struct {
	*packetio.Buffer
	ssrc   uint32
	held   held
	now    func() time.Time
	take   func(b *buffer, packet []byte) (*buffer, []byte)
	strays func(ssrc uint32) bool // nil: never
}

// buffer makes a stream's buffer. It is pion's BufferFactory.
func (s *splice) buffer(kind packetio.BufferPacketType, ssrc uint32) io.ReadWriteCloser {
	b := &buffer{Buffer: packetio.NewBuffer(), ssrc: ssrc, now: s.now}
	if kind == packetio.RTCPBufferPacket {
		b.take = s.report
		b.SetLimitSize(maxHeldRTCP)
	} else {
		b.take, b.strays = s.media, s.strays
		b.SetLimitSize(maxHeldRTP)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.declared[ssrc]; l != nil {
		l.hold(kind, b)
	}
	return b
}

func (l *lane) hold(kind packetio.BufferPacketType, b *buffer) {
	if kind == packetio.RTCPBufferPacket {
		l.rtcp = b
	} else {
		l.rtp = b
	}
}

// Write takes a packet that was deciphered, and may change it.
func (b *buffer) Write(packet []byte) (int, error) {
	to, changed := b.take(b, packet)
	if to == nil {
		return len(packet), nil
	}
	if err := to.hold(changed); err != nil {
		return 0, err
	}
	return len(packet), nil
}

func (b *buffer) hold(packet []byte) error {
	return b.held.put(b.now(), func() error {
		_, err := b.Buffer.Write(packet)
		return err
	})
}

// Read returns the next packet. From a stream that goes on in another nothing
// comes: pion, which looks at the first packet of each, shall not wait for it.
func (b *buffer) Read(packet []byte) (int, error) {
	if b.strays != nil && b.strays(b.ssrc) {
		return 0, io.EOF
	}
	n, err := b.Buffer.Read(packet)
	if err == nil || errors.Is(err, io.ErrShortBuffer) {
		b.held.read(b.now())
	}
	return n, err
}

// strays tells whether the packets of an SSRC do not stay in its own buffer. It is
// asked before there is one, too.
func (s *splice) strays(ssrc uint32) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, declared := s.declared[ssrc]
	if declared || ssrc == 0 || len(s.declared) == 0 {
		return false
	}
	return !s.open || s.sources[ssrc] != nil
}

// media decides where an RTP packet goes on: nil for nowhere.
func (s *splice) media(b *buffer, packet []byte) (*buffer, []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, declared := s.declared[b.ssrc]
	if l != nil {
		l.rtp = b
	}
	h := &s.header
	size, err := h.Unmarshal(packet)
	if err == nil {
		s.came(h, s.now())
	}
	if err != nil || b.ssrc == 0 || declared && l == nil || len(s.declared) == 0 {
		return b, packet // SSRC 0 probes the path
	}
	from := s.sources[b.ssrc]
	if from == nil {
		if from = s.begin(b.ssrc, l, h, len(packet)-size); from == nil && s.open && l == nil {
			return b, packet
		}
	}
	if from == nil || !from.lane.admit(from, h, s.now()) {
		return nil, nil
	}
	from.lane.renumber(packet, h, size)
	return from.lane.rtp, packet
}

// begin finds the lane of an SSRC that is heard for the first time. Later packets
// need not name it any more.
func (s *splice) begin(ssrc uint32, l *lane, h *rtp.Header, payload int) *source {
	if l == nil {
		if l = s.find(h); l == nil || payload == 0 || h.Padding && payload == int(h.PaddingSize) || len(s.sources) >= maxSources {
			return nil
		}
		s.strayed = true
	}
	from := &source{ssrc: ssrc, lane: l}
	s.sources[ssrc] = from
	return from
}

// find returns the lane that a packet names, or whose payload type it has.
func (s *splice) find(h *rtp.Header) *lane {
	l := s.byPayload[h.PayloadType]
	if s.extension != 0 && h.Extension {
		if named := s.byMID[string(h.GetExtension(s.extension))]; named != nil {
			l = named
		}
	}
	if l != nil && l.repairing[h.PayloadType] {
		l = l.repair
	}
	return l
}

// follow lets a source take over: its next packet comes after the last.
func (l *lane) follow(from *source, h *rtp.Header, now time.Time) {
	from.sequence, from.stamp = 0, 0
	if l.from != nil {
		passed := now.Sub(l.at)
		from.sequence = l.last + 1 - h.SequenceNumber
		from.stamp = l.stamp + uint32(passed.Seconds()*float64(l.rate)) - h.Timestamp
	}
	l.from = from
	l.last, l.stamp, l.at = h.SequenceNumber+from.sequence-1, h.Timestamp+from.stamp, now
}

// admit tells whether a packet of a source goes on.
func (l *lane) admit(from *source, h *rtp.Header, now time.Time) bool {
	if l.from != from {
		if l.from != nil && now.Sub(l.at) < handOver {
			return false
		}
		l.follow(from, h, now)
	}
	if sequence := h.SequenceNumber + from.sequence; int16(sequence-l.last) > 0 {
		l.last, l.stamp, l.at = sequence, h.Timestamp+from.stamp, now
	}
	return true
}

// renumber writes what the packet is in its lane. A retransmission tells the
// number of the packet that it repeats before the payload.
func (l *lane) renumber(packet []byte, h *rtp.Header, size int) {
	stamp := l.from.stamp
	if l.played != nil && l.played.from != nil {
		stamp = l.played.from.stamp
		if original := packet[size:]; len(original) >= 2 {
			binary.BigEndian.PutUint16(original, binary.BigEndian.Uint16(original)+l.played.from.sequence)
		}
	}
	binary.BigEndian.PutUint16(packet[2:], h.SequenceNumber+l.from.sequence)
	binary.BigEndian.PutUint32(packet[4:], h.Timestamp+stamp)
	binary.BigEndian.PutUint32(packet[8:], l.ssrc)
}

// report decides where an RTCP packet goes on: sender reports follow their source.
func (s *splice) report(b *buffer, packet []byte) (*buffer, []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.declared[b.ssrc]; l != nil {
		l.rtcp = b
	}
	from := s.sources[b.ssrc]
	var r rtcp.SenderReport
	if from == nil || r.Unmarshal(packet) != nil || r.SSRC != from.ssrc {
		return b, packet
	}
	if from.lane.from != from {
		return nil, nil // it speaks of what is not heard
	}
	r.SSRC, r.RTPTime = from.lane.ssrc, r.RTPTime+from.stamp
	changed, err := r.Marshal()
	if err != nil {
		return nil, nil
	}
	return from.lane.rtcp, changed
}
