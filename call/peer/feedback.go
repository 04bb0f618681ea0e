package peer

import (
	"context"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"

	"parley/call"
	"parley/call/peer/conn"
)

// feedback follows what the remote says about the streams we send.
func (p *Peer) feedback(ctx context.Context, sender *webrtc.RTPSender, o *outbound) {
	conn.ReadRTCP(ctx, sender, func(packet rtcp.Packet) { p.feedbackPacket(o, packet, time.Now()) })
}

func (p *Peer) feedbackPacket(o *outbound, packet rtcp.Packet, now time.Time) {
	switch packet := packet.(type) {
	case *rtcp.PictureLossIndication:
		p.keyAsked(o, func(s *call.StreamStats) { s.PLICount++ })
	case *rtcp.FullIntraRequest:
		p.keyAsked(o, func(s *call.StreamStats) { s.FIRCount++ })
	case *rtcp.TransportLayerNack:
		o.count(func(s *call.StreamStats) { s.NACKCount++ })
	case *rtcp.ReceiverEstimatedMaximumBitrate:
		p.pathEstimated(float64(packet.Bitrate), now)
	case *conn.Feedback:
		p.arrived(packet, now)
	case *rtcp.ReceiverReport:
		p.reported(o, packet.Reports, now)
	case *rtcp.SenderReport:
		p.reported(o, packet.Reports, now)
	}
}

// keyAsked has the next picture of a stream be a key frame, and counts who asked.
func (p *Peer) keyAsked(o *outbound, count func(*call.StreamStats)) {
	for _, v := range []*videoSender{p.video, p.screen} {
		if o == v.outbound {
			o.count(count)
			v.wantKey.Store(true)
		}
	}
}

// pathEstimated takes what the receiver says the path can carry (REMB, bit/s).
func (p *Peer) pathEstimated(bps float64, now time.Time) {
	p.flow.Limit(bps, now)
	p.audio.change(func(s *soundPolicy) { s.estimated(bps, now) })
}

// reported takes the reception reports about our stream (RFC 3550 section 6.4).
func (p *Peer) reported(o *outbound, reports []rtcp.ReceptionReport, now time.Time) {
	ssrc, ok := o.SSRC()
	for _, r := range reports {
		if !ok || r.SSRC != ssrc {
			continue
		}
		o.count(func(s *call.StreamStats) {
			s.PacketsLost = int64(int32(r.TotalLost<<8) >> 8) // 24 bits, signed
			s.Jitter = float64(r.Jitter) / float64(o.rate)
		})
		fraction := float64(r.FractionLost) / 256
		p.flow.Report(fraction, roundTrip(r, now), o.sinceReport(), now)
		if o == p.audio.outbound {
			p.soundReported(fraction, time.Duration(r.Jitter)*time.Second/audioRate, now)
		}
	}
}

// soundReported takes a report about our sound.
func (p *Peer) soundReported(fraction float64, jitter time.Duration, now time.Time) {
	p.inform(func(s *soundPolicy) { s.reported(fraction, jitter, now) })
}

// arrived takes a report about the arrival of each packet.
func (p *Peer) arrived(packet *conn.Feedback, now time.Time) {
	p.flow.Feedback(packet, now)
	came, missing := countArrivals(packet)
	carries := p.flow.Estimate(now).Lasting
	p.inform(func(s *soundPolicy) {
		s.carries(carries)
		s.arrived(came, missing, now)
	})
}

// inform tells the policy of sound something, after what else it needs to know.
func (p *Peer) inform(tell func(*soundPolicy)) {
	yields, trip := p.video.canYield() || p.screen.canYield(), time.Duration(p.trip.Load())
	p.audio.change(func(s *soundPolicy) {
		s.picture = yields
		s.trip = trip
		tell(s)
	})
}

// roundTrip returns the round trip that a reception report shows (RFC 3550
// section 6.4.1), 0 if it shows none.
func roundTrip(r rtcp.ReceptionReport, now time.Time) time.Duration {
	if r.LastSenderReport == 0 {
		return 0
	}
	units := int32(uint32(ntpTime(now)>>16) - r.LastSenderReport - r.Delay)
	if units < 0 || units > longestTrip {
		return 0
	}
	return time.Duration(units) * time.Second >> 16
}

// longestTrip is the longest round trip that is believed, in 1/65536 s: 10 s.
const longestTrip = 10 << 16
