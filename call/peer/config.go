package peer

import (
	"image"
	"slices"
	"time"

	"parley/call"
	"parley/call/peer/conn"
	"parley/media"
)

// Config is what every peer of a Factory needs. NewVideoEncoder,
// NewVideoDecoder, NewAudioEncoder and NewPlayout are called once or more per
// call, from different goroutines; what they return is used from one. One that
// is nil, or fails, costs its direction and kind only.
type Config struct {
	Sources Sources
	Screen  media.VideoSink // shows the remote picture; nil: nobody looks
	Shared  media.VideoSink // shows what the remote shows of its screen beside its camera; nil: nobody looks

	NewVideoEncoder func(mime string, width, height int, settings media.VideoSettings) (media.VideoEncoder, error)
	NewVideoDecoder func(mime string) (media.VideoDecoder, error)
	NewAudioEncoder func() (media.AudioEncoder, error)
	NewPlayout      func() (Playout, error)

	// VideoEncodes are the codecs that NewVideoEncoder takes, as MIME types, best
	// first, and VideoDecodes those that NewVideoDecoder takes; nil: VP8. What can
	// only be decoded is offered last, and never sent.
	VideoEncodes, VideoDecodes []string

	// Scale fills to with the whole of from, both 4:2:0, for paths and processors
	// that bear no more; nil: pictures are sent as they come.
	Scale func(to, from *image.YCbCr) error

	FramesPerSecond int // what the encoder is told to expect; default 30
	MaxVideoBitrate int // bit/s; default 2 500 000

	Network conn.Options // VideoCodecs, Own... and Paced are set by NewFactory
}

// Sources are what is sent. A nil feed sends nothing. Muting and switching the
// camera happen behind the feeds and need no negotiation.
type Sources struct {
	Video *media.Feed
	Audio *media.SoundFeed
	// Detail tells whether the pictures are of text and drawings, which are worth
	// nothing small; nil: never. It is asked from any goroutine.
	Detail func() bool
	// Share is what is shown of a screen beside Video, to those who can take two
	// pictures (see Handler.Twin); nil: nothing. Nothing is sent until the first
	// frame. Whoever stops showing something publishes pictures of media.BlankSide
	// for as long as the call lasts, once a second or so: the level that tells the
	// other side, which might miss a single one.
	Share *media.Feed
	// ShareDetail is Detail for Share; nil: always.
	ShareDetail func() bool
}

// Handler takes what a peer has to say. Its functions are called from several
// goroutines and must not block. Event is required.
type Handler struct {
	Event      func(call.Event)
	FirstFrame func(kind media.Kind, at time.Time) // once per kind: the first picture shown, the first sound received
	Stats      func(call.Stats)                    // once a second while connected
	Twin       func(takes bool)                    // whether the other side takes Sources.Share; with every description
	Shown      func(on bool)                       // the other side begins or stops to show its screen beside its camera
	Heard      func(call.Aside)                    // what the other side tells; the first says that it hears Tell
}

// Playout plays one remote track. Push is called from one goroutine, Stats from
// another.
type Playout interface {
	// Push takes an Opus packet. It must not keep payload.
	Push(sequence uint16, timestamp uint32, payload []byte, arrival time.Time)
	// Stats returns counters since the playout was made.
	Stats() PlayoutStats
	// Position returns the RTP timestamp of the sound that is heard at now, the
	// delay of the device included; false while nothing is played.
	Position(now time.Time) (timestamp uint32, ok bool)
	// Hold makes sound wait at least d in the buffer, for a picture that is later.
	Hold(d time.Duration)
	Close() error
}

// PlayoutStats are what only the playout knows: members of
// RTCInboundRtpStreamStats of W3C webrtc-stats, except where they say otherwise.
type PlayoutStats struct {
	TotalSamples           uint64
	ConcealedSamples       uint64
	SilentConcealedSamples uint64
	ConcealmentEvents      uint64
	InsertedSamples        uint64  // insertedSamplesForDeceleration
	RemovedSamples         uint64  // removedSamplesForAcceleration
	FECPacketsReceived     uint64  // packets with a copy of the one before them
	FECPacketsDiscarded    uint64  // those whose copy was not needed, or too late
	PacketsDiscarded       uint64  // late, early or twice
	JitterBufferDelay      float64 // seconds, average per emitted sample
	AudioLevel             float64 // 0 to 1, linear

	// TargetDelay is how long the playout wants sound to wait now, what Hold asks
	// for included, and Delay how long it does.
	TargetDelay, Delay time.Duration
}

const (
	defaultFramesPerSecond = 30
	defaultMaxVideoBitrate = 2_500_000
)

func (c Config) withDefaults() Config {
	if c.FramesPerSecond == 0 {
		c.FramesPerSecond = defaultFramesPerSecond
	}
	if c.MaxVideoBitrate == 0 {
		c.MaxVideoBitrate = defaultMaxVideoBitrate
	}
	if c.VideoEncodes == nil {
		c.VideoEncodes = []string{VP8}
	}
	if c.VideoDecodes == nil {
		c.VideoDecodes = []string{VP8}
	}
	c.Network.VideoCodecs = c.offered()
	c.Network.OwnReports, c.Network.OwnRequests = true, true
	c.Network.Paced, c.Network.Parity = true, c.NewVideoDecoder != nil
	return c
}

// offered are the codecs that are negotiated: both ways first.
func (c Config) offered() []string {
	var both, only []string
	for _, mime := range c.VideoEncodes {
		if slices.Contains(c.VideoDecodes, mime) {
			both = append(both, mime)
		}
	}
	for _, mime := range c.VideoDecodes {
		if !slices.Contains(both, mime) {
			only = append(only, mime)
		}
	}
	return append(both, only...)
}
