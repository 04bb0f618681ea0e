package peer

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"parley/call"
	"parley/call/peer/conn"
	"parley/media"
)

// keyPause is the shortest time between two key frames that somebody asked for,
// beside what the first takes on its way: a request that comes sooner is about a key
// frame that has not been seen yet.
const keyPause = 300 * time.Millisecond

// mostHold bounds for how long after a key frame none is made. A page of text is not
// made smaller, and may take longer than a face on a narrow path.
const (
	mostHold       = 3 * time.Second
	mostHoldOfPage = 10 * time.Second
)

// maxEncodeErrors is how many frames in a row an encoder may fail at until it is
// replaced.
const maxEncodeErrors = 30

// mostBacklog is how long packets may be waiting to leave until frames are
// skipped, so that what is sent is never stale.
const mostBacklog = 100 * time.Millisecond

// staleBacklog is how long packets may be waiting to leave until it is better to drop
// them and begin anew with a key frame. A picture of a page may take seconds, and what
// would be sent in its place would be as large: it is given up where the path has become
// far narrower than it was when the picture was made.
const (
	staleBacklog       = 400 * time.Millisecond
	staleBacklogOfPage = 4 * time.Second
)

// videoSender encodes the newest frame of a feed and sends it, while open.
type videoSender struct {
	*outbound
	config  *Config
	log     *slog.Logger
	feed    *media.Feed // nil: nothing is sent
	mime    string      // what is encoded, once that is agreed
	pack    packetizer
	unit    int // the longest NAL unit that the other side takes, 0 for any
	clock   videoClock
	wantKey atomic.Bool
	taps    *taps
	channel media.Channel

	shaper *shaper

	// What follows belongs to the goroutine of run.
	encoder media.VideoEncoder
	leaves  func(payload []byte, last bool) // is leave; made once, as each costs memory
	leaving parting
	width   int
	height  int
	told    media.VideoSettings // what the encoder was told
	lastKey time.Time
	keyHold time.Duration // how long after it another is of no use
	broken  bool          // what was encoded since the last key frame was dropped
	failed  int
	refused bool // no encoder can be made

	keyWaits bool // some of that has waited to leave ever since
}

func newVideoSender(c *Config, log *slog.Logger) *videoSender {
	v := &videoSender{
		outbound: newOutbound(videoKind, c.VideoEncodes, videoRate), config: c, log: log, feed: c.Sources.Video,
		shaper: newShaper(c, log),
	}
	v.Alternate(forText(c.VideoEncodes)...)
	v.leaves = v.leave
	v.wantKey.Store(true)
	return v
}

// parting is what the packets of a frame have in common.
type parting struct {
	stamp    uint32
	captured time.Time
}

// newScreenSender returns the sender of the screen beside a camera.
func newScreenSender(c *Config, log *slog.Logger, camera *videoSender) *videoSender {
	v := &videoSender{
		outbound: newScreenOutbound(c.VideoEncodes), config: c, log: log, feed: c.Sources.Share,
		shaper: newScreenShaper(c, log, camera.shaper),
	}
	v.leaves = v.leave
	v.wantKey.Store(true)
	return v
}

// run sends until ctx is done or the feed is closed.
func (v *videoSender) run(ctx context.Context) {
	defer v.closeEncoder()
	reader := v.feed.Read()
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
	v.ripen(now)
	to, due := v.shaper.next(f, v.wantKey.Load(), now)
	due = v.freshen(to.settings.Detail, now) && due
	v.count(func(s *call.StreamStats) { s.QualityLimitationReason = string(to.reason) })
	if !due {
		return
	}
	began := time.Now()
	fitted := v.shaper.fit(f, to)
	defer fitted.Release()
	if !v.prepare(fitted, to.settings) {
		return
	}
	packet, err := v.encoder.Encode(fitted, v.keyDue(now))
	v.shaper.encoded(time.Since(began), now)
	if err != nil {
		v.stumble(err)
		return
	}
	v.failed = 0
	if len(packet) == 0 {
		v.count(func(s *call.StreamStats) { s.FramesDropped++ })
		return
	}
	v.shaper.made(v.mime, v.encoder, v.told.Bitrate)
	v.emit(fitted, packet, now)
}

// emit sends an encoded frame.
func (v *videoSender) emit(f *media.Frame, packet []byte, now time.Time) {
	isKey := v.pack.isKey(packet)
	if isKey {
		v.begin(len(packet), now)
	}
	stamp := v.clock.stamp(f.Captured)
	v.leaving = parting{stamp, f.Captured}
	v.pack.split(packet, v.leaves)
	v.tapped(f, packet, isKey, stamp)
	v.count(func(s *call.StreamStats) {
		s.FramesEncoded++
		if isKey {
			s.KeyFrames++
		}
		s.FrameWidth, s.FrameHeight = f.Width(), f.Height()
		s.TargetBitrate = float64(v.told.Bitrate)
	})
}

// leave sends one packet of the frame that leaves.
func (v *videoSender) leave(payload []byte, last bool) {
	v.packet(v.leaving.stamp, v.leaving.captured, last, payload)
}

// keyDue reports whether the next frame must be a key frame.
func (v *videoSender) keyDue(now time.Time) bool {
	return v.wantKey.Load() && now.Sub(v.lastKey) >= v.keyHold
}

// ripen lets go of requests that were made before the last key frame can have come:
// whoever still needs one asks again.
func (v *videoSender) ripen(now time.Time) {
	if !v.broken && !v.lastKey.IsZero() && now.Sub(v.lastKey) < v.keyHold-keyPause {
		v.wantKey.Store(false)
	}
}

// begin takes note of a key frame of so many bytes, that is about to be sent. What is
// still on its way to where it was wanted is not asked for again.
func (v *videoSender) begin(bytes int, now time.Time) {
	most := mostHold
	if v.told.Detail {
		most = mostHoldOfPage
	}
	v.lastKey, v.broken, v.keyWaits = now, false, true
	v.wantKey.Store(false)
	v.keyHold = keyPause + min(v.shaper.takes(bytes, now), most)
	v.supersede()
}

// supersede drops what waits, because a key frame comes after it.
func (v *videoSender) supersede() {
	if ssrc, ok := v.SSRC(); ok && v.shaper.path != nil {
		v.shaper.path.Supersede(ssrc, v.sequence, v.RepairType())
	}
}

// freshen drops what waits where the path has become so narrow that it would be
// stale when it leaves, and begins anew. It reports whether there is a use in a
// frame: not until the key frame is due. The key frame of a page is not given up
// for another that would be as large, whoever asks for it in the meantime.
func (v *videoSender) freshen(page bool, now time.Time) bool {
	if page && v.keyLeaves(now) {
		v.wantKey.Store(false)
		return true
	}
	stale := staleBacklog
	if page {
		stale = staleBacklogOfPage
	}
	if v.shaper.backlog(page, now) > stale {
		v.supersede()
		v.wantKey.Store(true)
		v.broken = true
	}
	return !v.broken || v.keyDue(now)
}

// keyLeaves reports whether the last key frame is still on its way, as far as is
// known: a path may be slower than it seemed when the frame began.
func (v *videoSender) keyLeaves(now time.Time) bool {
	since := now.Sub(v.lastKey)
	if v.lastKey.IsZero() || v.broken || v.shaper.path == nil || since > mostHoldOfPage {
		return false
	}
	v.keyWaits = v.keyWaits && v.shaper.path.Backlog() > mostBacklog
	if v.keyWaits {
		v.keyHold = max(v.keyHold, since+keyPause+v.shaper.takes(0, now))
	}
	return since < v.keyHold
}

// prepare has the encoder ready for a frame, with the present settings.
func (v *videoSender) prepare(f *media.Frame, settings media.VideoSettings) bool {
	v.Turn(settings.Detail) // what is shown in the camera's place comes in the codec of faces else
	if !v.agreed() {
		return false
	}
	settings.LargestUnit = v.unit
	v.width, v.height = f.Width(), f.Height()
	if v.encoder == nil {
		return v.openEncoder(settings)
	}
	if settings != v.told {
		if err := v.encoder.Adapt(settings); err != nil {
			v.log.Warn("video encoder refuses its settings", "settings", settings, "err", err)
		}
		v.told = settings
	}
	return true
}

// agreed follows which codec was agreed. It returns false while there is none.
func (v *videoSender) agreed() bool {
	codec, ok := v.Codec()
	if !ok || strings.EqualFold(codec.MimeType, v.mime) {
		return ok
	}
	v.closeEncoder()
	v.mime, v.pack = codec.MimeType, newPacketizer(codec.MimeType)
	v.unit = 0
	if !conn.TakesPieces(codec) {
		v.unit, v.pack = maxPayload, &h264Packetizer{whole: true}
	}
	v.count(func(s *call.StreamStats) { s.Codec = v.mime })
	return true
}

func (v *videoSender) openEncoder(target media.VideoSettings) bool {
	e, err := v.config.NewVideoEncoder(v.mime, v.width, v.height, target)
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

// canYield reports whether a picture is sent that could be sent with less.
func (v *videoSender) canYield() bool { return v.open.Load() && v.shaper.yields.Load() }
