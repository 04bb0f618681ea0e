package peer

import (
	"context"
	"strings"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"

	"parley/call/peer/conn"
	"parley/media"
)

// nackDelay is the longest time until a missing packet is asked for.
const nackDelay = 50 * time.Millisecond

// Track implements conn.Media: it starts to read a remote track. The newest
// track of a kind is the one that counts; the reader of an older one is stopped.
func (p *Peer) Track(t *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
	control := func(rtcp.Packet) {}
	switch {
	case t.Kind() == videoKind && p.kind == media.Video && newDepacketizer(t.Codec().MimeType) != nil:
		if v := p.trackVideo(t); v != nil {
			control = v.control
		}
	case t.Kind() == audioKind && strings.EqualFold(t.Codec().MimeType, opus):
		if a := p.trackAudio(t); a != nil {
			control = a.control
		}
	default:
		p.log.Info("remote track ignored", "kind", t.Kind().String(), "codec", t.Codec().MimeType)
		return
	}
	p.conn.Go(func(ctx context.Context) { conn.ReadRTCP(ctx, r, control) })
}

func (p *Peer) trackVideo(t *webrtc.TrackRemote) *videoReceiver {
	if p.config.NewVideoDecoder == nil {
		return nil
	}
	v := &videoReceiver{
		inbound: newInbound(t), log: p.log, open: p.config.NewVideoDecoder, screen: p.config.Screen,
		codec: func() string { return t.Codec().MimeType }, formats: map[uint8]*format{},
		first: p.once(&p.firstVideo, media.Video), write: p.pc.WriteRTCP,
		trip:     func() time.Duration { return time.Duration(p.trip.Load()) },
		assemble: newAssembler(minPatience), lips: p.lips.newPicture(),
	}
	p.pictures = v
	p.follow(videoKind, func(ctx context.Context) { v.run(ctx, t) })
	return v
}

func (p *Peer) trackAudio(t *webrtc.TrackRemote) *audioReceiver {
	if p.config.NewPlayout == nil {
		return nil
	}
	playout, err := p.config.NewPlayout()
	if err != nil {
		p.log.Warn("no playout", "err", err)
		return nil
	}
	a := &audioReceiver{
		inbound: newInbound(t), log: p.log, playout: playout, first: p.once(&p.firstAudio, media.Audio),
		codec: func() string { return t.Codec().MimeType }, payload: uint8(t.PayloadType()), lips: p.lips.newSound(),
	}
	p.sounds = a
	p.follow(audioKind, func(ctx context.Context) { a.run(ctx, t) })
	return a
}

// follow runs the reader of a track instead of the one before.
func (p *Peer) follow(kind webrtc.RTPCodecType, read func(context.Context)) {
	if stop := p.stops[kind]; stop != nil {
		stop()
	}
	p.stops[kind] = p.conn.Go(read)
}

// once returns the function that reports the first frame of a kind in a call.
func (p *Peer) once(o interface{ Do(func()) }, kind media.Kind) func(time.Time) {
	return func(at time.Time) {
		o.Do(func() {
			if p.handler.FirstFrame != nil {
				p.handler.FirstFrame(kind, at)
			}
		})
	}
}
