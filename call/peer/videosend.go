package peer

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"parley/call"
	"parley/media"
)

// keyPause is the shortest time between two key frames that somebody asked for:
// a request that comes sooner is about a key frame that is still on its way.
const keyPause = 300 * time.Millisecond

// maxEncodeErrors is how many frames in a row an encoder may fail at until it is
// replaced.
const maxEncodeErrors = 30

// videoSender encodes the newest frame of a feed and sends it, while open.
type videoSender struct {
	*outbound
	config  *Config
	log     *slog.Logger
	pack    *vp8Packetizer
	clock   videoClock
	wantKey atomic.Bool

	rateMu sync.Mutex
	rate   *bitrate

	// What follows belongs to the goroutine of run.
	encoder media.VideoEncoder
	width   int
	height  int
	told    media.VideoSettings // what the encoder was told
	lastKey time.Time
	failed  int
	refused bool // no encoder can be made
	pace    pacer
	wait    func(time.Duration) // ends early with the call
}

func newVideoSender(c *Config, log *slog.Logger) *videoSender {
	v := &videoSender{
		outbound: newOutbound(videoKind, VP8, videoRate), config: c, log: log,
		pack: newVP8Packetizer(), rate: newBitrate(c.MaxVideoBitrate),
	}
	v.wantKey.Store(true)
	return v
}

// run sends until ctx is done or the feed is closed.
func (v *videoSender) run(ctx context.Context) {
	defer v.closeEncoder()
	v.wait = func(d time.Duration) { pause(ctx, d) }
	reader := v.config.Sources.Video.Read()
	defer reader.Close()
	for {
		f, err := reader.Next(ctx)
		if err != nil {
			return
		}
		if v.open.Load() && !v.refused {
			v.frame(f, time.Now())
		}
		f.Release()
	}
}

func (v *videoSender) frame(f *media.Frame, now time.Time) {
	if !v.prepare(f, now) {
		return
	}
	key := v.keyDue(now)
	packet, err := v.encoder.Encode(f, key)
	if err != nil {
		v.stumble(err)
		return
	}
	v.failed = 0
	if len(packet) == 0 {
		v.count(func(s *call.StreamStats) { s.FramesDropped++ })
		return
	}
	v.emit(f, packet, now)
}

// emit sends an encoded frame.
func (v *videoSender) emit(f *media.Frame, packet []byte, now time.Time) {
	isKey := vp8Key(packet)
	if isKey {
		v.lastKey = now
		v.wantKey.Store(false)
	}
	stamp := v.clock.stamp(f.Captured)
	v.pack.split(packet, func(payload []byte, last bool) {
		v.packet(stamp, f.Captured, last, payload)
		if wait := v.pace.take(len(payload), v.told.Bitrate, time.Now()); wait > 0 && !last {
			v.wait(wait)
		}
	})
	v.count(func(s *call.StreamStats) {
		s.FramesEncoded++
		if isKey {
			s.KeyFrames++
		}
		s.FrameWidth, s.FrameHeight = f.Width(), f.Height()
		s.TargetBitrate = float64(v.told.Bitrate)
	})
}

// keyDue reports whether the next frame must be a key frame.
func (v *videoSender) keyDue(now time.Time) bool {
	return v.wantKey.Load() && now.Sub(v.lastKey) >= keyPause
}

// prepare has the encoder ready for a frame and at the present bitrate.
func (v *videoSender) prepare(f *media.Frame, now time.Time) bool {
	resized := f.Width() != v.width || f.Height() != v.height
	target := v.target(f, resized, now)
	v.width, v.height = f.Width(), f.Height()
	if v.encoder == nil {
		return v.openEncoder(target)
	}
	if target != v.told {
		if err := v.encoder.Adapt(target); err != nil {
			v.log.Warn("video encoder refuses its settings", "settings", target, "err", err)
		}
		v.told = target
	}
	return true
}

func (v *videoSender) target(f *media.Frame, resized bool, now time.Time) media.VideoSettings {
	v.rateMu.Lock()
	defer v.rateMu.Unlock()
	if resized {
		v.rate.size(f.Width(), f.Height())
	}
	return media.VideoSettings{Bitrate: v.rate.get(now), FramesPerSecond: float64(v.config.FramesPerSecond)}
}

func (v *videoSender) openEncoder(target media.VideoSettings) bool {
	e, err := v.config.NewVideoEncoder(VP8, v.width, v.height, target)
	if err != nil {
		v.log.Warn("no video encoder", "width", v.width, "height", v.height, "err", err)
		v.refused = true
		return false
	}
	v.encoder, v.told = e, target
	v.wantKey.Store(true)
	return true
}

// stumble counts a failure of the encoder, and gives it up when it goes on.
func (v *videoSender) stumble(err error) {
	v.failed++
	v.count(func(s *call.StreamStats) { s.FramesDropped++ })
	if v.failed == maxEncodeErrors {
		v.log.Warn("video encoder fails", "times", v.failed, "err", err)
		v.failed = 0
		v.closeEncoder()
	}
}

func (v *videoSender) closeEncoder() {
	if v.encoder == nil {
		return
	}
	if err := v.encoder.Close(); err != nil {
		v.log.Warn("closing the video encoder", "err", err)
	}
	v.encoder = nil
}

// lossReported takes the fraction lost of a receiver report.
func (v *videoSender) lossReported(fraction float64, now time.Time) {
	v.rateMu.Lock()
	defer v.rateMu.Unlock()
	v.rate.loss(fraction, now)
}

// canYield reports whether a picture is sent that could be sent with less.
func (v *videoSender) canYield(now time.Time) bool {
	v.rateMu.Lock()
	defer v.rateMu.Unlock()
	return v.open.Load() && v.rate.get(now) > bitrateFloor
}

// pathEstimated takes what the path can carry beside the sound, in bit/s.
func (v *videoSender) pathEstimated(bps float64, now time.Time) {
	v.rateMu.Lock()
	defer v.rateMu.Unlock()
	v.rate.estimate(bps, now)
}

// pause waits, or returns at once when ctx is done.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
