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

// Track implements conn.Media: it starts to read a remote track. The newest
// track of a kind is the one that counts; the reader of an older one is stopped.
func (p *Peer) Track(t *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
	control := func(rtcp.Packet) {}
	switch {
	case t.Kind() == videoKind && p.kind == media.Video && newDepacketizer(t.Codec().MimeType) != nil:
		if v := p.trackVideo(t, p.conn.TwinReceives(r)); v != nil {
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

func (p *Peer) trackVideo(t *webrtc.TrackRemote, isScreen bool) *videoReceiver {
	if p.config.NewVideoDecoder == nil {
		return nil
	}
	v := &videoReceiver{
		inbound: newInbound(t), log: p.log, open: p.config.NewVideoDecoder, screen: p.config.Screen,
		codec: func() string { return t.Codec().MimeType }, formats: map[uint8]*format{},
		first: p.once(&p.firstVideo, media.Video), write: p.pc.WriteRTCP, waited: p.conn.Waited(uint32(t.SSRC())),
		repairs: repairs{
			ssrc: uint32(t.SSRC()), able: repairable(t.Codec().RTPCodecCapability), write: p.pc.WriteRTCP,
			trip: func() time.Duration { return time.Duration(p.trip.Load()) },
		},
		assemble: newAssembler(minPatience), shield: newShield(),
	}
	if isScreen {
		p.trackScreen(v, t)
		return v
	}
	p.path() // so that the first requests know the round trip
	v.lips = p.lips.newPicture()
	p.pictures = v
	v.taps, v.channel = &p.taps, media.Channel{Kind: media.Video}
	p.follow(cameraTrack, func(ctx context.Context) { v.run(ctx, t) })
	return v
}

// trackScreen has a receiver show a screen. It is not kept in step with the voice,
// which is the camera's.
func (p *Peer) trackScreen(v *videoReceiver, t *webrtc.TrackRemote) {
	told := p.handler.Shown
	if told == nil {
		told = func(bool) {}
	}
	show := &shownScreen{screen: p.config.Shared, told: told}
	v.screen, v.first = show, func(time.Time) {}
	v.lips = (&lipSync{}).newPicture()
	v.taps, v.channel = &p.taps, media.Channel{Kind: media.Video, Screen: true}
	p.shown = v
	p.follow(screenTrack, func(ctx context.Context) {
		defer show.end()
		v.run(ctx, t)
	})
}

// shownScreen is where pictures of a remote screen go. It belongs to the goroutine
// that reads the track.
type shownScreen struct {
	screen media.VideoSink // nil: nobody looks
	told   func(on bool)
	on     bool
}

// Show implements media.VideoSink.
func (s *shownScreen) Show(f *media.Frame) {
	if f.Blank() {
		s.end()
		return
	}
	if s.screen != nil {
		s.screen.Show(f)
	}
	if !s.on {
		s.on = true
		s.told(true)
	}
}

func (s *shownScreen) end() {
	if s.on {
		s.on = false
		s.told(false)
	}
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
	a.taps = &p.taps
	p.sounds = a
	p.follow(soundTrack, func(ctx context.Context) { a.run(ctx, t) })
	return a
}

// follow runs the reader of a track instead of the one before.
func (p *Peer) follow(role trackRole, read func(context.Context)) {
	if stop := p.stops[role]; stop != nil {
		stop()
	}
	p.stops[role] = p.conn.Go(read)
}

// once returns the function that reports the first frame of a kind in a call.
func (p *Peer) once(o interface{ Do(func()) }, kind media.Kind) func(time.Time) {
	told := false // of this track: then it costs nothing any more
	return func(at time.Time) {
		if told {
			return
		}
		told = true
		o.Do(func() {
			if p.handler.FirstFrame != nil {
				p.handler.FirstFrame(kind, at)
			}
		})
	}
}
