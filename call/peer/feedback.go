package peer

import (
	"context"
	"errors"
	"io"
	"net"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"

	"parley/call"
)

// maxBadReads is how many reads in a row may fail until a stream is given up.
// One malformed packet fails one read; a stream that is closed fails at once
// with an error that ended knows.
const maxBadReads = 1000

// receiveSize is the largest packet that pion hands over.
const receiveSize = 1500

// ended reports whether a read error means that nothing more will come.
func ended(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrClosedPipe) || errors.Is(err, net.ErrClosed)
}

// rtcpSource is an RTPSender or RTPReceiver of pion.
type rtcpSource interface {
	ReadRTCP() ([]rtcp.Packet, interceptor.Attributes, error)
}

// readRTCP hands over what comes until the source ends. It must always run,
// because pion's interceptors only see what is read.
func readRTCP(ctx context.Context, source rtcpSource, take func(rtcp.Packet)) {
	for bad := 0; bad < maxBadReads && ctx.Err() == nil; {
		packets, _, err := source.ReadRTCP()
		if err != nil {
			if ended(err) {
				return
			}
			bad++
			continue
		}
		bad = 0
		for _, p := range packets {
			take(p)
		}
	}
}

// feedback follows what the remote says about the streams we send.
func (p *Peer) feedback(ctx context.Context, sender *webrtc.RTPSender, o *outbound) {
	readRTCP(ctx, sender, func(packet rtcp.Packet) { p.feedbackPacket(o, packet, time.Now()) })
}

func (p *Peer) feedbackPacket(o *outbound, packet rtcp.Packet, now time.Time) {
	switch packet := packet.(type) {
	case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
		if o == p.video.outbound {
			o.count(func(s *call.StreamStats) { s.PLICount++ })
			p.video.wantKey.Store(true)
		}
	case *rtcp.TransportLayerNack:
		o.count(func(s *call.StreamStats) { s.NACKCount++ })
	case *rtcp.ReceiverEstimatedMaximumBitrate:
		p.video.pathEstimated(float64(packet.Bitrate), now)
	case *rtcp.ReceiverReport:
		p.reported(o, packet.Reports, now)
	case *rtcp.SenderReport:
		p.reported(o, packet.Reports, now)
	}
}

// reported takes the reception reports about our stream (RFC 3550 section 6.4).
func (p *Peer) reported(o *outbound, reports []rtcp.ReceptionReport, now time.Time) {
	b := o.bound.Load()
	for _, r := range reports {
		if b == nil || r.SSRC != b.ssrc {
			continue
		}
		o.count(func(s *call.StreamStats) {
			s.PacketsLost = int64(int32(r.TotalLost<<8) >> 8) // 24 bits, signed
			s.Jitter = float64(r.Jitter) / float64(o.rate)
		})
		fraction := float64(r.FractionLost) / 256
		if o == p.video.outbound {
			p.video.lossReported(fraction, now)
		} else {
			p.audio.lossReported(fraction)
		}
	}
}
