package station

import (
	"fmt"
	"log/slog"
	"math"
	"slices"
	"sync"
	"time"

	"parley/call"
	"parley/call/peer"
	"parley/call/peer/conn"
	"parley/call/session"
	"parley/media"
	"parley/media/codec"
	"parley/media/playout"
	"parley/signaling"
)

// channels is how many a remote track is decoded to: it may turn from a voice to
// shared sound and back at any packet.
const channels = 2

// peerConfig gives calls our devices and codecs.
func (s *Station) peerConfig() peer.Config {
	return peer.Config{
		Sources: peer.Sources{
			Video: &s.devices.picture, Audio: s.devices.sound.engine.Sound(), Detail: s.devices.detailed,
			Share: &s.devices.beside.to, ShareDetail: func() bool { return !s.devices.smooth.Load() },
		},
		Screen: s.remoteScreen(),
		Shared: both{&s.seenShare, s.shown(&s.RemoteShare)},
		NewVideoEncoder: func(mime string, _, _ int, s media.VideoSettings) (media.VideoEncoder, error) {
			return codec.NewVideoEncoder(mime, s)
		},
		Scale:           codec.Scale,
		NewVideoDecoder: func(mime string) (media.VideoDecoder, error) { return codec.NewVideoDecoder(mime) },
		VideoEncodes:    codec.VideoEncoders(),
		VideoDecodes:    codec.VideoDecoders(),
		NewAudioEncoder: func() (media.AudioEncoder, error) { return codec.NewOpusEncoder(0) }, // it is told the rate before the first packet
		NewPlayout:      s.newPlayout,
		Network: conn.Options{
			Loopback:   true,
			ICEServers: func(a signaling.Address) []signaling.ICEServer { return s.links.ice(a.Server) },
			Habits:     func(a signaling.Address) signaling.PeerHabits { return s.links.habits(a.Server) },
			Log:        s.log,
		},
	}
}

// open makes the peer of a call: session.Opener.
func (s *Station) open(o call.Open, post func(session.Input)) session.Peer {
	p := s.factory.Open(o, peer.Handler{
		Event: func(e call.Event) {
			if _, closed := e.(call.PeerClosed); closed {
				s.recordings.closed(o.ID)
			}
			post(session.Called{Event: e})
		},
		FirstFrame: func(kind media.Kind, at time.Time) { post(session.FirstFrame{ID: o.ID, Kind: kind, At: at}) },
		Stats:      func(r call.Stats) { post(session.Reading{ID: o.ID, Stats: r}) },
		Twin:       func(on bool) { post(session.TakesTwo{ID: o.ID, On: on}) },
		Shown:      func(on bool) { post(session.SeesShare{ID: o.ID, On: on}) },
		Heard:      func(a call.Aside) { post(session.AsideHeard{ID: o.ID, Aside: a}) },
	})
	s.recordings.opened(o.ID, p)
	return p
}

// remoteScreen joins those who look at the remote picture.
func (s *Station) remoteScreen() media.VideoSink {
	return both{&s.seen, s.watched()}
}

// watched joins those beside ourselves; nil if there is nobody.
func (s *Station) watched() media.VideoSink {
	watch := s.options.Watch
	switch {
	case !s.options.Pictures:
		return watch
	case watch == nil:
		return &s.Remote
	}
	return both{watch, &s.Remote}
}

// both are two who look; the second can be nil.
type both struct{ first, second media.VideoSink }

// Show implements media.VideoSink.
func (b both) Show(f *media.Frame) {
	b.first.Show(f)
	if b.second != nil {
		b.second.Show(f)
	}
}

// mirrorWidth is as large as the window ever shows our own picture, in pixels.
const mirrorWidth = 640

// mirror makes our own picture no larger than it is looked at.
type mirror struct {
	pool media.Pool
	log  *slog.Logger
}

// shrink is for media.Screen.
func (m *mirror) shrink(f *media.Frame) *media.Frame {
	if f.Width() <= mirrorWidth {
		return f.Retain()
	}
	small := m.pool.Get(mirrorWidth, max(2, f.Height()*mirrorWidth/f.Width()&^1))
	if err := codec.Scale(small.Image, f.Image); err != nil {
		small.Release()
		m.log.Debug("our own picture was not scaled", "err", err)
		return f.Retain()
	}
	return small
}

// newPlayout plays a remote track through the sound engine.
func (s *Station) newPlayout() (peer.Playout, error) {
	decoder, err := codec.NewOpusDecoder(channels)
	if err != nil {
		return nil, fmt.Errorf("station: play remote sound: %w", err)
	}
	buffer := playout.New(decoder, playout.Options{Channels: channels})
	engine := s.devices.sound.engine
	leave, forget := engine.Add(buffer), s.devices.sound.tracks.add(buffer)
	return &heardTrack{Buffer: buffer, remove: func() { leave(); forget() }, delay: engine.OutputDelay}, nil
}

// tracks are the remote tracks that play. Its methods may be called from any goroutine.
type tracks struct {
	mu  sync.Mutex
	all []*playout.Buffer
}

// add makes a track known until forget is called.
func (t *tracks) add(b *playout.Buffer) (forget func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all = append(t.all, b)
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.all = slices.DeleteFunc(t.all, func(other *playout.Buffer) bool { return other == b })
	}
}

// level is how loud they are together: root mean square, 0 to 1.
func (t *tracks) level() float64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	power := 0.0
	for _, b := range t.all {
		level := b.Stats().AudioLevel
		power += level * level
	}
	return min(math.Sqrt(power), 1)
}

// heardTrack is a remote track that plays. It implements peer.Playout.
type heardTrack struct {
	*playout.Buffer
	remove func()
	delay  func() time.Duration // from Play to the air
}

// Stats implements peer.Playout.
func (h *heardTrack) Stats() peer.PlayoutStats {
	r := h.Buffer.Stats()
	out := peer.PlayoutStats{
		TotalSamples: r.TotalSamplesReceived, ConcealedSamples: r.ConcealedSamples, SilentConcealedSamples: r.SilentConcealedSamples,
		ConcealmentEvents: r.ConcealmentEvents, InsertedSamples: r.InsertedSamplesForDeceleration,
		RemovedSamples: r.RemovedSamplesForAcceleration, FECPacketsReceived: r.FECPacketsReceived, FECPacketsDiscarded: r.FECPacketsDiscarded,
		PacketsDiscarded: r.PacketsDiscarded, AudioLevel: r.AudioLevel, TargetDelay: r.TargetDelay, Delay: r.Delay,
	}
	if r.JitterBufferEmittedCount > 0 {
		out.JitterBufferDelay = r.JitterBufferDelay / float64(r.JitterBufferEmittedCount)
	}
	return out
}

// Position implements peer.Playout: what the buffer would play next is heard
// after the delay of the devices, and is asked for half a step from now.
func (h *heardTrack) Position(time.Time) (uint32, bool) {
	next, ok := h.Buffer.Position()
	early := h.delay() + media.Step/2
	return next - uint32(early.Microseconds()*(media.SampleRate/1000)/1000), ok
}

// Close implements peer.Playout.
func (h *heardTrack) Close() error {
	h.remove()
	return h.Buffer.Close()
}

// Levels returns how loud it is now. It is cheap: meters can ask for it with every frame.
func (s *Station) Levels() Levels { return s.devices.sound.levels() }
