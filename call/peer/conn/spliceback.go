package conn

import (
	"slices"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
)

// BindRTCPWriter is called once, by pion: what is said of a declared stream is
// told of the source whose packets it holds.
func (s *splice) BindRTCPWriter(w interceptor.RTCPWriter) interceptor.RTCPWriter {
	return interceptor.RTCPWriterFunc(func(packets []rtcp.Packet, a interceptor.Attributes) (int, error) {
		return w.Write(s.back(packets), a)
	})
}

// back translates packets, of which it changes copies.
func (s *splice) back(packets []rtcp.Packet) []rtcp.Packet {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.strayed {
		return packets
	}
	out := slices.Clone(packets)
	for i, p := range out {
		switch p := p.(type) {
		case *rtcp.PictureLossIndication:
			if from := s.behind(p.MediaSSRC); from != nil {
				out[i] = &rtcp.PictureLossIndication{SenderSSRC: p.SenderSSRC, MediaSSRC: from.ssrc}
			}
		case *rtcp.FullIntraRequest:
			out[i] = s.backFIR(p)
		case *rtcp.TransportLayerNack:
			if from := s.behind(p.MediaSSRC); from != nil {
				out[i] = backNACK(p, from)
			}
		case *rtcp.ReceiverEstimatedMaximumBitrate:
			r := *p
			r.SSRCs = s.backSources(p.SSRCs)
			out[i] = &r
		case *rtcp.ReceiverReport:
			r := *p
			r.Reports = s.backReports(p.Reports)
			out[i] = &r
		case *rtcp.SenderReport:
			r := *p
			r.Reports = s.backReports(p.Reports)
			out[i] = &r
		}
	}
	return out
}

// behind returns the source whose packets a declared stream holds, if it is
// another.
func (s *splice) behind(ssrc uint32) *source {
	l := s.declared[ssrc]
	if l == nil || l.from == nil || l.from.ssrc == ssrc && l.from.sequence == 0 {
		return nil
	}
	return l.from
}

func (s *splice) backFIR(p *rtcp.FullIntraRequest) *rtcp.FullIntraRequest {
	r := *p
	r.FIR = slices.Clone(p.FIR)
	for i := range r.FIR {
		if from := s.behind(r.FIR[i].SSRC); from != nil {
			r.FIR[i].SSRC = from.ssrc
		}
	}
	if from := s.behind(r.MediaSSRC); from != nil {
		r.MediaSSRC = from.ssrc
	}
	return &r
}

func backNACK(p *rtcp.TransportLayerNack, from *source) *rtcp.TransportLayerNack {
	r := &rtcp.TransportLayerNack{SenderSSRC: p.SenderSSRC, MediaSSRC: from.ssrc, Nacks: slices.Clone(p.Nacks)}
	for i := range r.Nacks {
		r.Nacks[i].PacketID -= from.sequence
	}
	return r
}

func (s *splice) backSources(sources []uint32) []uint32 {
	out := slices.Clone(sources)
	for i := range out {
		if from := s.behind(out[i]); from != nil {
			out[i] = from.ssrc
		}
	}
	return out
}

func (s *splice) backReports(reports []rtcp.ReceptionReport) []rtcp.ReceptionReport {
	out := slices.Clone(reports)
	for i := range out {
		if from := s.behind(out[i].SSRC); from != nil {
			last := &out[i].LastSequenceNumber
			out[i].SSRC, *last = from.ssrc, *last&^0xffff|uint32(uint16(*last)-from.sequence)
		}
	}
	return out
}
