package peer

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"parley/call"
	"parley/call/peer/conn"
	"parley/media"
	"parley/signaling"
)

const (
	videoKind = webrtc.RTPCodecTypeVideo
	audioKind = webrtc.RTPCodecTypeAudio
	opus      = webrtc.MimeTypeOpus
)

// trackRole is one of the remote's tracks.
type trackRole uint8

const (
	soundTrack trackRole = iota
	cameraTrack
	screenTrack
)

// Peer is the media of one call. All methods return at once; what comes of them
// goes to the Handler.
type Peer struct {
	id      signaling.CallID
	config  *Config
	handler Handler
	log     *slog.Logger
	conn    *conn.Conn
	flow    *conn.Flow // set once Attach is called
	video   *videoSender
	screen  *videoSender // of what is shown of our screen, beside video
	audio   *audioSender
	trip    atomic.Int64 // round trip of the path, nanoseconds
	lips    lipSync
	taps    taps

	firstVideo, firstAudio sync.Once

	// What follows belongs to the queue of conn.
	pc        *webrtc.PeerConnection
	kind      media.Kind
	up        bool
	takes     map[webrtc.RTPCodecType]bool // what the remote wants to receive
	sending   map[*outbound]bool           // whose sender runs
	pictures  *videoReceiver
	shown     *videoReceiver // of what they show of their screen, beside pictures
	sounds    *audioReceiver
	stops     map[trackRole]context.CancelFunc // of the readers of remote tracks
	fps       frameRates
	reporting bool
}

func newPeer(f *Factory, o call.Open, h Handler) *Peer {
	log := f.log.With("component", "peer", "call", o.ID)
	video := newVideoSender(&f.config, log)
	p := &Peer{
		id: o.ID, config: &f.config, handler: h, log: log, kind: o.Kind,
		video: video, screen: newScreenSender(&f.config, log, video), audio: newAudioSender(&f.config, log),
		takes: map[webrtc.RTPCodecType]bool{}, sending: map[*outbound]bool{}, stops: map[trackRole]context.CancelFunc{},
	}
	p.tapSenders()
	return p
}

// Restart makes an offer with new ICE credentials for a round of the call.
func (p *Peer) Restart(round int) { p.conn.Restart(round) }

// SetRemote gives the peer the offer to answer, or the answer to its offer.
func (p *Peer) SetRemote(d signaling.Description) { p.conn.SetRemote(d) }

// AddCandidate gives the peer a remote candidate, at any time.
func (p *Peer) AddCandidate(c signaling.Candidate) { p.conn.AddCandidate(c) }

// Close ends the peer; call.PeerClosed answers it, in bounded time.
func (p *Peer) Close() { p.conn.Close() }

// Narrow lowers the call to sound only: no picture is sent or shown from now on.
func (p *Peer) Narrow() {
	p.conn.Do(func() {
		p.kind = media.Audio
		p.gate()
		if p.pc != nil {
			p.refuseVideo()
		}
	})
}

// Attach implements conn.Media: it adds our tracks. Both directions are offered
// even for a feed that is nil, so that the remote can send.
func (p *Peer) Attach() error {
	p.pc, p.flow = p.conn.PeerConnection(), p.conn.Flow()
	for _, v := range []*videoSender{p.video, p.screen} {
		v.shaper.path, v.shaper.soundWire = p.flow, p.audio.wire
	}
	outbounds := []*outbound{p.audio.outbound}
	if p.kind == media.Video {
		outbounds = append(outbounds, p.video.outbound)
	}
	for _, o := range outbounds {
		t, err := p.pc.AddTransceiverFromTrack(o.Track, webrtc.RTPTransceiverInit{
			Direction: webrtc.RTPTransceiverDirectionSendrecv,
		})
		if err != nil {
			return fmt.Errorf("peer: adding %s: %w", o.kind, err)
		}
		sender := t.Sender()
		p.conn.Go(func(ctx context.Context) { p.feedback(ctx, sender, o) })
	}
	if p.kind != media.Video || p.config.Sources.Share == nil && p.config.Shared == nil {
		return nil
	}
	return p.conn.Twin(p.screen.Track, func(sender *webrtc.RTPSender) {
		p.conn.Go(func(ctx context.Context) { p.feedback(ctx, sender, p.screen.outbound) })
	})
}

// Offered implements conn.Media.
func (p *Peer) Offered(*sdp.SessionDescription) error {
	if p.kind == media.Audio {
		p.refuseVideo()
	}
	return conn.RefuseExtra(p.pc)
}

// refuseVideo makes our picture inactive in this and later descriptions.
func (p *Peer) refuseVideo() {
	for _, t := range p.pc.GetTransceivers() {
		if t.Kind() != videoKind {
			continue
		}
		if err := t.Stop(); err != nil {
			p.log.Debug("stopping video", "err", err)
		}
	}
}

// Agreed implements conn.Media: it learns what the remote wants.
func (p *Peer) Agreed(remote *sdp.SessionDescription) {
	for _, kind := range []webrtc.RTPCodecType{audioKind, videoKind} {
		p.takes[kind] = conn.Takes(remote, kind)
	}
	if p.handler.Twin != nil {
		p.handler.Twin(p.showsBeside())
	}
	p.flow.Shield(conn.TakesParity(remote))
	wishes := conn.Wishes(remote)
	p.audio.change(func(s *soundPolicy) { s.wishes = wishes })
	p.gate()
}

// Level implements conn.Media.
func (p *Peer) Level(up bool) {
	if up && !p.up {
		p.video.wantKey.Store(true) // what was sent before is lost
		p.screen.wantKey.Store(true)
		p.startReports()
	}
	p.up = up
	p.gate()
}

// gate opens and closes the senders. They start when they are first needed.
func (p *Peer) gate() {
	sees := p.kind == media.Video && p.config.NewVideoEncoder != nil
	p.gateOne(p.audio.outbound, p.takes[audioKind] && p.config.Sources.Audio != nil && p.config.NewAudioEncoder != nil, p.audio.run)
	p.gateOne(p.video.outbound, p.takes[videoKind] && sees && p.video.feed != nil, p.video.run)
	p.gateOne(p.screen.outbound, sees && p.showsBeside(), p.screen.run)
}

func (p *Peer) gateOne(o *outbound, wanted bool, run func(context.Context)) {
	_, bound := o.SSRC()
	open := wanted && p.up && bound
	o.open.Store(open)
	if open && !p.sending[o] {
		p.sending[o] = true
		p.conn.Go(run)
	}
}

// showsBeside reports whether a screen can be shown beside the camera.
func (p *Peer) showsBeside() bool {
	return p.kind == media.Video && p.screen.feed != nil && p.conn.TwinTakes()
}

// startReports starts the once-a-second round of reports.
func (p *Peer) startReports() {
	if p.reporting {
		return
	}
	p.reporting = true
	p.conn.Go(func(ctx context.Context) {
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case now := <-ticker.C:
				p.conn.Do(func() { p.report(now) })
			}
		}
	})
}

// report sends the sender reports and hands out the statistics.
func (p *Peer) report(now time.Time) {
	if !p.up {
		return
	}
	for _, o := range []*outbound{p.audio.outbound, p.video.outbound, p.screen.outbound} {
		if r := o.report(time.Now()); r != nil {
			if err := p.pc.WriteRTCP([]rtcp.Packet{r}); err != nil {
				p.log.Debug("sending a report", "err", err)
			}
		}
	}
	if p.handler.Stats != nil {
		p.handler.Stats(p.stats(now))
	}
}
