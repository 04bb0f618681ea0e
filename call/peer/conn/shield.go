package conn

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"

	"parley/call/peer/congestion"
	"parley/call/peer/parity"
)

// ParityType is the payload type of packets of parity, which stand in the stream of
// retransmissions of what they are parity of. It is one that RFC 3551 leaves unassigned
// and that nobody hands out, and is sent only to those who said that they know it, in a
// line of the first section of pictures that others pass over (RFC 8866 section 5.13):
//
//	a=x-parley-parity:30 FINGERPRINT
//
// The fingerprint is that of the writer's certificate: a server that takes part in the
// media puts its own into descriptions, and would not know what to do with parity. Before the content stands the number of
// the first packet of the block, as before that of a retransmission (RFC 4588
// section 4), so that whoever numbers packets anew does so here, too. The timestamp is
// that of the block's packets.
const ParityType uint8 = 30

// parityKey is the name of the line.
const parityKey = "x-parley-parity"

// declareParity adds the line to our description.
func declareParity(text string) (string, error) {
	d := &sdp.SessionDescription{}
	if err := d.UnmarshalString(text); err != nil {
		return "", fmt.Errorf("conn: reading our description: %w", err)
	}
	at := firstPictures(d)
	if at < 0 {
		return text, nil
	}
	m := d.MediaDescriptions[at]
	m.WithValueAttribute(parityKey, parityLine(d, m))
	declared, err := d.Marshal()
	if err != nil {
		return "", fmt.Errorf("conn: writing our description: %w", err)
	}
	return string(declared), nil
}

// TakesParity reports whether a remote description says that parity is understood.
func TakesParity(d *sdp.SessionDescription) bool {
	at := firstPictures(d)
	if at < 0 {
		return false
	}
	m := d.MediaDescriptions[at]
	value, _ := m.Attribute(parityKey)
	return fingerprintOf(d, m) != "" && strings.TrimSpace(value) == parityLine(d, m)
}

// parityLine is the value of the line.
func parityLine(d *sdp.SessionDescription, m *sdp.MediaDescription) string {
	return strconv.Itoa(int(ParityType)) + " " + fingerprintOf(d, m)
}

// parityWeight is that of the newest block in what is told of parity.
const parityWeight = 0.25

// Shield says whether the other side understands parity: if it does, some is sent with
// pictures over paths that lose packets and are long.
func (f *Flow) Shield(understood bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.shields = understood
}

// guard is what makes parity of a stream of pictures.
type guard struct {
	block   *parity.Block // nil until it is needed
	header  rtp.Header    // of the block's first packet
	within  bool          // a frame has begun and not ended
	on      bool          // there is to be parity for the rest of it
	payload []byte
}

// shield sends parity of a picture's packets behind them. It takes each as it is
// written.
func (s *flowStream) shield(h *rtp.Header, payload []byte) {
	f, g := s.flow, &s.guard
	if !f.shields || s.repair == 0 || s.repairType == 0 {
		return
	}
	if !g.within || h.Timestamp != g.header.Timestamp {
		g.begin(f.control.Parity(congestion.MostBlock) > 0)
	}
	if g.on {
		s.gather(h, payload)
	}
	if g.within = !h.Marker; !g.within && !g.on {
		f.parity -= parityWeight * f.parity
	}
}

// begin begins with a frame, after which there is to be parity or not.
func (g *guard) begin(on bool) {
	g.within, g.on = true, on
	if on && g.block == nil {
		g.block = parity.NewBlock()
	}
	if g.block != nil {
		g.block.Reset()
	}
}

// gather takes a packet into the block, and ends the block where the frame does or
// where it is full.
func (s *flowStream) gather(h *rtp.Header, payload []byte) {
	g := &s.guard
	if g.block.Len() == 0 {
		copyHeader(&g.header, h)
	}
	if g.on = g.block.Add(h.Marker, payload); !g.on {
		return // as nobody makes them so long
	}
	if h.Marker || g.block.Len() == parity.MostPackets {
		s.finish()
		g.block.Reset()
	}
}

// finish sends the parity of a block.
func (s *flowStream) finish() {
	f, g := s.flow, &s.guard
	kind, first := g.header.PayloadType, g.header.SequenceNumber
	header := g.header
	header.SSRC, header.PayloadType, header.Marker = s.repair, ParityType, false
	count := f.control.Parity(g.block.Len())
	bytes := 0
	for i := range count {
		g.payload = binary.BigEndian.AppendUint16(g.payload[:0], first)
		g.payload = append(g.payload, g.block.Parity(i, count, kind)...)
		f.queue(s, congestion.Picture, &header, g.payload, header.MarshalSize()+len(g.payload)+packetCost)
		bytes += len(g.payload)
	}
	f.parity += parityWeight * (float64(bytes)/float64(g.block.Bytes()+1) - f.parity)
}
