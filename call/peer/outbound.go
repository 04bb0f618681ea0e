package peer

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"parley/call"
	"parley/call/peer/conn"
)

// outbound is one RTP stream that we send: its track, its numbers and its
// statistics. Packets are written by one goroutine, the rest is read by others.
type outbound struct {
	*conn.Track
	kind     webrtc.RTPCodecType
	rate     int64 // of the RTP clock
	open     atomic.Bool
	sequence uint16
	header   rtp.Header // of the packet being written

	mu       sync.Mutex
	stats    call.StreamStats
	stamp    uint32 // of the newest packet
	captured time.Time
	reported uint64 // packets sent by the last report of the receiver
}

func newOutbound(kind webrtc.RTPCodecType, mimes []string, rate int64) *outbound {
	return &outbound{
		Track: conn.NewTrack(kind, mimes...), kind: kind, rate: rate,
		sequence: uint16(rand.Uint32()), stats: call.StreamStats{Codec: mimes[0]},
	}
}

// screenRank orders codecs by how well they send pages that are scrolled, of which
// the first finds what has moved, and the last has to send all of it again
// (docs/benchmarks.md).
func screenRank(mime string) int {
	return slices.IndexFunc([]string{H264, VP9, VP8}, func(m string) bool { return strings.EqualFold(m, mime) })
}

// forText orders codecs by screenRank.
func forText(mimes []string) []string {
	mimes = slices.Clone(mimes)
	slices.SortStableFunc(mimes, func(a, b string) int { return screenRank(a) - screenRank(b) })
	return mimes
}

// newScreenOutbound returns the stream of the screen.
func newScreenOutbound(mimes []string) *outbound {
	mimes = forText(mimes)
	o := newOutbound(videoKind, mimes, videoRate)
	o.Track = conn.NewScreenTrack(mimes...)
	return o
}

// packet sends one payload of what was captured at captured.
func (o *outbound) packet(stamp uint32, captured time.Time, marker bool, payload []byte) {
	o.header = rtp.Header{SequenceNumber: o.sequence, Timestamp: stamp, Marker: marker}
	o.sequence++
	if !o.Write(&o.header, payload) {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stats.Packets++
	o.stats.Bytes += uint64(len(payload))
	o.stamp, o.captured = stamp, captured
}

// count changes the statistics.
func (o *outbound) count(change func(*call.StreamStats)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	change(&o.stats)
}

func (o *outbound) read() call.StreamStats {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.stats
}

// sinceReport returns how many packets were sent since it was called last.
func (o *outbound) sinceReport() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := o.stats.Packets - o.reported
	o.reported = o.stats.Packets
	return int(n)
}

// report returns the sender report for now (RFC 3550 section 6.4.1), or nil
// before the first packet. It ties the wall clock to the time of capture, so
// that the receiver can bring sound and picture together however long each took
// to encode.
func (o *outbound) report(now time.Time) rtcp.Packet {
	ssrc, ok := o.SSRC()
	o.mu.Lock()
	defer o.mu.Unlock()
	if !ok || o.stats.Packets == 0 {
		return nil
	}
	return &rtcp.SenderReport{
		SSRC:        ssrc,
		NTPTime:     ntpTime(now),
		RTPTime:     o.stamp + ticks(now.Sub(o.captured), o.rate),
		PacketCount: uint32(o.stats.Packets),
		OctetCount:  uint32(o.stats.Bytes),
	}
}

// ntpTime returns the 64-bit NTP timestamp of RFC 3550 section 4.
func ntpTime(t time.Time) uint64 {
	const from1900to1970 = 2208988800
	seconds := uint64(t.Unix() + from1900to1970)
	fraction := uint64(t.Nanosecond()) << 32 / uint64(time.Second)
	return seconds<<32 | fraction
}
