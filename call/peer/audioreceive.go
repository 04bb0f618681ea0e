package peer

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/pion/rtcp"
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
	codec   func() string // MIME type of the packet read last
	payload uint8         // the payload type that is known to be Opus
	lips    *soundSide
	taps    *taps
	held    time.Duration // as told to the playout
	stamp   uint32        // of the last packet
	flowing int           // packets in a row that follow each other without a pause
}

// A talker is known by flowingTalk packets without a pause between them, none of which
// lasts longer than longestOpus (RFC 6716 section 2.1.4). In silence (DTX) packets
// come one by one, and where the playout is says little about when sound will be heard.
const (
	flowingTalk = 5
	longestOpus = 120 * audioRate / 1000
)

// run plays the track until it ends.
func (a *audioReceiver) run(ctx context.Context, track conn.RTPSource) {
	defer func() {
		if err := a.playout.Close(); err != nil {
			a.log.Warn("closing the playout", "err", err)
		}
	}()
	pause := func() time.Duration { return idlePause }
	defer a.lips.ended()
	conn.ReadRTP(ctx, track, pause, func(p *rtp.Packet, _ bool) { a.take(p, time.Now()) }, func() { a.tick(time.Now()) })
}

// take hands a packet to the playout, whatever it holds: what is malformed costs
// the decoder an error and nobody else anything. Padding and what is not Opus go
// there empty, because they are not lost.
func (a *audioReceiver) take(p *rtp.Packet, now time.Time) {
	a.packet(p, now)
	a.flow(p.Timestamp)
	payload := p.Payload
	if !a.known(p.PayloadType) {
		payload = nil
	}
	a.playout.Push(p.SequenceNumber, p.Timestamp, payload, now)
	a.tapped(payload, p.Timestamp, now)
	if len(payload) > 0 {
		a.first(now)
	}
	a.tick(now)
}

// flow takes note of when a packet was said.
func (a *audioReceiver) flow(stamp uint32) {
	if since := int32(stamp - a.stamp); since > longestOpus || since < -longestOpus {
		a.flowing = 0
	}
	a.stamp = stamp
	a.flowing++
}

// known reports whether a payload type is Opus, and not another codec that was
// agreed.
func (a *audioReceiver) known(payload uint8) bool {
	if payload != a.payload && strings.EqualFold(a.codec(), opus) {
		a.payload = payload
	}
	return payload == a.payload
}

// tick keeps the sound in step with the picture.
func (a *audioReceiver) tick(now time.Time) {
	if !a.lips.tickDue(now) {
		return
	}
	stamp, heard := a.playout.Position(now)
	hold := a.lips.tick(stamp, heard && a.flowing > flowingTalk, a.playout.Stats().Delay, now)
	if hold != a.held {
		a.held = hold
		a.playout.Hold(hold)
	}
}

// control takes what the sender says about the stream.
func (a *audioReceiver) control(p rtcp.Packet) {
	if r, ok := p.(*rtcp.SenderReport); ok && r.SSRC == a.ssrc {
		a.lips.reported(r.NTPTime, r.RTPTime)
	}
}

// read joins what the stream and the playout know.
func (a *audioReceiver) read() call.StreamStats {
	s, played := a.inbound.read(), a.playout.Stats()
	s.TotalSamples, s.ConcealedSamples = played.TotalSamples, played.ConcealedSamples
	s.SilentConcealedSamples, s.ConcealmentEvents = played.SilentConcealedSamples, played.ConcealmentEvents
	s.InsertedSamples, s.RemovedSamples = played.InsertedSamples, played.RemovedSamples
	s.FECPacketsReceived, s.FECPacketsDiscarded = played.FECPacketsReceived, played.FECPacketsDiscarded
	s.PacketsDiscarded = played.PacketsDiscarded
	s.JitterBufferDelay, s.AudioLevel = played.JitterBufferDelay, played.AudioLevel
	s.JitterBufferTargetDelay = played.TargetDelay.Seconds()
	if late, ok := a.lips.sync.late(); ok {
		s.LipSync = late.Seconds()
	}
	return s
}
