package peer

import (
	"time"

	"github.com/pion/webrtc/v4"

	"parley/call"
)

// frameRates turns counters of frames into rates.
type frameRates struct {
	at     time.Time
	counts [4]uint64
}

// stats assembles a reading. It runs on the queue.
func (p *Peer) stats(now time.Time) call.Stats {
	s := call.Stats{At: now}
	s.Outbound.Audio, s.Outbound.Video = p.audio.read(), p.video.read()
	if p.sounds != nil {
		s.Inbound.Audio = p.sounds.read()
		s.Inbound.Audio.NACKCount = p.conn.NACKs(p.sounds.ssrc)
	}
	if p.pictures != nil {
		s.Inbound.Video = p.pictures.read()
		s.Inbound.Video.NACKCount = p.conn.NACKs(p.pictures.ssrc)
	}
	if o := p.screen.read(); o.Packets > 0 {
		s.Outbound.Screen = o
	}
	if p.shown != nil {
		s.Inbound.Screen = p.shown.read()
		s.Inbound.Screen.NACKCount = p.conn.NACKs(p.shown.ssrc)
	}
	p.rates(&s, now)
	s.Path = p.path()
	s.Path.AvailableOutgoingBitrate = p.flow.Estimate(now).Target
	return s
}

// rates fills in the frames per second since the last reading.
func (p *Peer) rates(s *call.Stats, now time.Time) {
	seconds := now.Sub(p.fps.at).Seconds()
	known := !p.fps.at.IsZero() && seconds > 0
	p.fps.at = now
	for i, of := range []*call.StreamStats{&s.Outbound.Video, &s.Inbound.Video, &s.Outbound.Screen, &s.Inbound.Screen} {
		count := of.FramesEncoded + of.FramesDecoded // one of them is 0
		if known {
			of.FramesPerSecond = rate(p.fps.counts[i], count, seconds)
		}
		p.fps.counts[i] = count
	}
}

func rate(before, after uint64, seconds float64) float64 {
	if after < before {
		return 0 // a new track counts anew
	}
	return float64(after-before) / seconds
}

// path reads the candidate pair in use.
func (p *Peer) path() call.PathStats {
	transport := p.pc.SCTP().Transport().ICETransport()
	pair, err := transport.GetSelectedCandidatePair()
	if err != nil || pair == nil {
		return call.PathStats{}
	}
	path := call.PathStats{
		LocalCandidateType:  candidateType(pair.Local),
		RemoteCandidateType: candidateType(pair.Remote),
	}
	if pair.Local != nil {
		path.Protocol = pair.Local.Protocol.String()
	}
	if s, ok := transport.GetSelectedCandidatePairStats(); ok {
		path.CurrentRoundTripTime = s.CurrentRoundTripTime
		p.trip.Store(int64(s.CurrentRoundTripTime * float64(time.Second)))
	}
	return path
}

func candidateType(c *webrtc.ICECandidate) string {
	if c == nil {
		return ""
	}
	return c.Typ.String()
}
