package peer

import (
	"context"
	"log/slog"
	"time"

	"github.com/pion/rtp"

	"parley/call"
	"parley/call/peer/conn"
)

// audioReceiver hands one remote track to a playout.
type audioReceiver struct {
	*inbound
	log     *slog.Logger
	playout Playout
	first   func(at time.Time)
}

// run plays the track until it ends.
func (a *audioReceiver) run(ctx context.Context, track conn.RTPSource) {
	defer func() {
		if err := a.playout.Close(); err != nil {
			a.log.Warn("closing the playout", "err", err)
		}
	}()
	pause := func() time.Duration { return idlePause }
	conn.ReadRTP(ctx, track, pause, func(p *rtp.Packet) { a.take(p, time.Now()) }, func() {})
}

func (a *audioReceiver) take(p *rtp.Packet, now time.Time) {
	a.packet(p, now)
	if len(p.Payload) == 0 {
		return // padding
	}
	a.playout.Push(p.SequenceNumber, p.Timestamp, p.Payload, now)
	a.first(now)
}

// read joins what the stream and the playout know.
func (a *audioReceiver) read() call.StreamStats {
	s, played := a.inbound.read(), a.playout.Stats()
	s.TotalSamples, s.ConcealedSamples = played.TotalSamples, played.ConcealedSamples
	s.JitterBufferDelay, s.AudioLevel = played.JitterBufferDelay, played.AudioLevel
	return s
}
