package peer

import (
	"fmt"
	"image"
	"log/slog"
	"math"
	"sync/atomic"
	"time"

	"parley/call/peer/congestion"
	"parley/media"
)

// leastPicture is what the encoder must have for a picture to be sent at all, in
// bit/s. Below it the sound has the path for itself.
const leastPicture = 25_000.0

// mostRepair is the share of the picture's that packets may take from it that are
// sent again.
const mostRepair = 0.5

// shape is how pictures are sent now.
type shape struct {
	width, height int
	settings      media.VideoSettings
	none          bool // none at all: the path bears the sound only
	reason        limitation
}

// shaper decides the shape of the picture, by what the path can carry beside the
// sound and by what the processor bears. It belongs to the goroutine that
// encodes, yields excepted.
type shaper struct {
	config    *Config
	log       *slog.Logger
	isScreen  bool
	detail    func() bool    // nil: never
	budget    *budget        // with the other picture
	path      route          // nil before the connection is made
	soundWire func() float64 // what the sound takes of it, bit/s
	yields    atomic.Bool    // less could be spent on the picture

	ladder     ladder
	pace       sourcePace
	thin       thinning
	rate       settled
	pool       media.Pool
	interval   time.Duration // of the frames that are sent, about
	unscalable bool
}

func newShaper(c *Config, log *slog.Logger) *shaper {
	return &shaper{
		config: c, log: log, detail: c.Sources.Detail, budget: &budget{}, soundWire: func() float64 { return 0 },
	}
}

// newScreenShaper returns the shaper of a screen that is sent beside a camera.
func newScreenShaper(c *Config, log *slog.Logger, camera *shaper) *shaper {
	s := newShaper(c, log)
	s.isScreen, s.budget = true, camera.budget
	if s.detail = c.Sources.ShareDetail; s.detail == nil {
		s.detail = func() bool { return true }
	}
	return s
}

// next returns the shape for a frame, and whether it is to be sent: not where
// fewer frames are, or where what was sent before has not left yet. key tells that
// it will be a key frame.
func (s *shaper) next(f *media.Frame, key bool, now time.Time) (shape, bool) {
	s.pace.take(f.Captured, float64(s.config.FramesPerSecond))
	from := source{width: f.Width(), height: f.Height(), framesPerSecond: s.pace.framesPerSecond()}
	from.detail = s.detail != nil && s.detail()
	to := s.shape(from, key, now)
	// The rate of a source is but measured: all of it is wanted where no less is.
	all := to.settings.FramesPerSecond >= from.framesPerSecond
	due := !to.none && (all || s.thin.pass(f.Captured, to.settings.FramesPerSecond))
	return to, due && (s.path == nil || s.path.Backlog() <= mostBacklog)
}

// shape decides on what the path carries now.
func (s *shaper) shape(from source, key bool, now time.Time) shape {
	most := math.Min(float64(s.config.MaxVideoBitrate), useful(from.width, from.height))
	beside := !s.isScreen && s.budget.shows(now)
	if beside {
		most = math.Min(most, cameraBeside)
	}
	share, lasting := s.share(most, from, now)
	r := s.rung(from, math.Min(most, payload(lasting, s.frames(from))), key, now)
	frames := math.Min(r.framesPerSecond, from.framesPerSecond)
	spend := math.Min(most, payload(share, frames))
	to := shape{reason: s.ladder.reason(), none: spend < math.Min(leastPicture, most)}
	to.width, to.height = r.size(from)
	spend = math.Min(spend, useful(to.width, to.height))
	spend = s.rate.take(math.Max(spend, leastPicture), now)
	to.settings = media.VideoSettings{Bitrate: int(spend), FramesPerSecond: frames, Detail: from.detail}
	if to.reason == byBandwidth && share > most && (beside || most == float64(s.config.MaxVideoBitrate)) {
		to.reason = byOther // the user's own limit, or wish to show a screen
	}
	s.yields.Store(!to.none && spend > bitrateFloor)
	s.interval = time.Duration(float64(time.Second) / frames)
	return to
}

// share is what the picture may take of the path now, and what when the queue on
// the way is gone and nothing is sent again, without parity, headers included, in bit/s.
func (s *shaper) share(most float64, from source, now time.Time) (share, lasting float64) {
	if s.path == nil {
		share = onWire(math.Min(most, usual(from.width, from.height)), from.framesPerSecond)
		return share, share
	}
	sound := s.soundWire()
	e := s.path.Estimate(now)
	beside := 1 + e.Parity
	both := s.budget.take(s.isScreen, onWire(most, from.framesPerSecond), now)
	s.path.Use(searchRoom*(both*beside+sound), now)
	room := e.Target - sound
	room -= math.Min(e.Repair, mostRepair*room)
	return s.budget.part(s.isScreen, room/beside, now), s.budget.part(s.isScreen, (e.Lasting-sound)/beside, now)
}

// frames is how many a second are sent now.
func (s *shaper) frames(from source) float64 {
	if s.interval == 0 {
		return from.framesPerSecond
	}
	return math.Min(from.framesPerSecond, float64(time.Second)/float64(s.interval))
}

// rung asks the ladder. Where nothing can be scaled, only the frames are fewer.
func (s *shaper) rung(from source, spend float64, key bool, now time.Time) rung {
	r := s.ladder.choose(from, spend, key, now)
	if s.config.Scale == nil || s.unscalable {
		r.scale = 1
	}
	return r
}

// fit returns the frame at the size of a shape. The caller releases it.
func (s *shaper) fit(f *media.Frame, to shape) *media.Frame {
	if f.Width() == to.width && f.Height() == to.height {
		return f.Retain()
	}
	small := s.pool.Get(to.width, to.height)
	small.Captured, small.Number = f.Captured, f.Number
	if err := s.scale(small.Image, f.Image); err != nil {
		s.log.Warn("pictures cannot be scaled", "err", err)
		s.unscalable = true
		small.Release()
		return f.Retain()
	}
	return small
}

func (s *shaper) scale(to, from *image.YCbCr) error {
	if err := s.config.Scale(to, from); err != nil {
		return fmt.Errorf("peer: scaling from %v to %v: %w", from.Rect.Size(), to.Rect.Size(), err)
	}
	return nil
}

// backlog is how long what waits will take to leave; lasting tells to leave out that less
// may leave just now, until a queue on the way is gone.
func (s *shaper) backlog(lasting bool, now time.Time) time.Duration {
	if s.path == nil {
		return 0
	}
	waits := s.path.Backlog()
	if lasting && waits > 0 {
		e := s.path.Estimate(now)
		waits = time.Duration(float64(waits) * e.Target / e.Lasting)
	}
	return waits
}

// takes is how long it takes until a frame of so many bytes has come, and until that
// is known.
func (s *shaper) takes(bytes int, now time.Time) time.Duration {
	if s.path == nil {
		return 0
	}
	e := s.path.Estimate(now)
	leaves := time.Duration(float64(8*bytes) / math.Max(e.Target, leastPicture) * float64(time.Second))
	return e.Trip + e.Queue + leaves
}

// encoded takes how long a frame took.
func (s *shaper) encoded(took time.Duration, now time.Time) { s.ladder.encoded(took, s.interval, now) }

// made takes how coarse a frame is, of an encoder that tells.
func (s *shaper) made(mime string, e media.VideoEncoder, bps int) {
	if q, ok := e.(media.Quantized); ok {
		if index, known := q.Quantizer(); known {
			s.ladder.coarse.saw(mime, index, float64(bps))
		}
	}
}

// route is where a picture is sent.
type route interface {
	Estimate(now time.Time) congestion.Estimate
	Backlog() time.Duration // how long what waits will take to leave

	// Use tells how much can be used at most, in bit/s.
	Use(most float64, now time.Time)
	// Supersede tells that nothing before a packet of a stream is of use any more, and
	// with which payload type those from it on are sent again.
	Supersede(ssrc uint32, sequence uint16, repairType uint8)
}
