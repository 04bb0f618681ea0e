package peer

import (
	"sync"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"parley/call"
)

// inbound is one RTP stream that comes: its numbers and its statistics.
type inbound struct {
	ssrc uint32

	mu        sync.Mutex
	reception reception
	stats     call.StreamStats
}

func newInbound(t *webrtc.TrackRemote) *inbound {
	codec := t.Codec()
	return &inbound{
		ssrc:      uint32(t.SSRC()),
		reception: reception{rate: float64(codec.ClockRate)},
		stats:     call.StreamStats{Codec: codec.MimeType},
	}
}

// packet counts a packet and returns its sequence number without wraps.
func (i *inbound) packet(p *rtp.Packet, arrival time.Time) int64 {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.stats.Packets++
	i.stats.Bytes += uint64(len(p.Payload))
	return i.reception.packet(p.SequenceNumber, p.Timestamp, arrival)
}

// found takes note of a packet that parity brought: it is not lost.
func (i *inbound) found(sequence uint16, stamp uint32, arrival time.Time) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.reception.packet(sequence, stamp, arrival)
}

// number returns a sequence number without wraps; false where it is further than so
// many packets from the newest, or nothing has come yet.
func (i *inbound) number(sequence uint16, most int64) (int64, bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	n := i.reception.extend(sequence)
	far := n - i.reception.highest
	return n, i.reception.begun && far <= most && far >= -most
}

// count changes the statistics.
func (i *inbound) count(change func(*call.StreamStats)) {
	i.mu.Lock()
	defer i.mu.Unlock()
	change(&i.stats)
}

func (i *inbound) read() call.StreamStats {
	i.mu.Lock()
	defer i.mu.Unlock()
	s := i.stats
	s.PacketsLost, s.Jitter = i.reception.lost(), i.reception.seconds()
	return s
}
