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
