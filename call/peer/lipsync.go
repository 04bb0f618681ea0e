package peer

import (
	"sync"
	"time"
)

// Sound and picture of one moment should be heard and seen within lipTolerance of
// each other (ITU-R BT.1359 puts the threshold of detection at 45 ms for sound
// that is early). What comes too early is made to wait until it is lipAim from the
// other, and let go when less than lipRelease is left to wait for, so that the
// path's jitter does not switch waiting on and off.
const (
	lipTolerance = 40 * time.Millisecond
	lipAim       = 10 * time.Millisecond
	lipRelease   = 25 * time.Millisecond
	lipSlack     = 8 * time.Millisecond // changes of the aim below this are not followed
)

const (
	lipTick   = 100 * time.Millisecond  // between decisions
	lipStale  = 1500 * time.Millisecond // after which pictures are taken to have stopped
	lipSilent = 5 * time.Second         // after which somebody who says nothing is not waited for
	lipMost   = 400 * time.Millisecond  // that anything is made to wait
	lipBelief = 5 * time.Second         // an offset beyond this is a fault of the sender

	// What waits is let run this much slower or faster: 80 ms in a second is not
	// seen, and the playout stretches speech by as much without being heard.
	lipSpeed = 0.08
)

// lipSync brings the sound and the picture of a remote person together. It says
// how long pictures and sound must wait; at most one of them does. Its methods
// may be called from any goroutine; it has no clock of its own.
type lipSync struct {
	mu      sync.Mutex
	sound   *soundSide
	picture *pictureSide
}

// soundSide is what is known of the sound. A new stream has a new one, and what
// the old one says counts no more.
type soundSide struct {
	sync  *lipSync
	clock senderClock

	heard  time.Time // when a position was known last
	ticked time.Time
	offset offset
	aim    time.Duration // where hold goes
	hold   time.Duration // least delay of the playout
}

// pictureSide is what is known of the picture. It alone decides how long pictures
// wait: for the network, and then for their sound.
type pictureSide struct {
	sync    *lipSync
	clock   senderClock
	pace    pace
	network lateness
	base    time.Duration // transit at which pictures are shown that wait for the network only

	came  time.Time // when a frame was ready last
	aim   time.Duration
	hold  time.Duration
	moved time.Time
}

// newSound begins with a new stream of sound.
func (l *lipSync) newSound() *soundSide {
	s := &soundSide{sync: l, clock: senderClock{rate: audioRate}}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sound = s
	return s
}

// newPicture begins with a new stream of pictures.
func (l *lipSync) newPicture() *pictureSide {
	p := &pictureSide{sync: l, clock: senderClock{rate: videoRate}, pace: pace{rate: videoRate}}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.picture = p
	if l.sound != nil {
		l.sound.offset = offset{}
	}
	return p
}

// reported takes a sender report of the sound.
func (s *soundSide) reported(ntp uint64, stamp uint32) {
	s.sync.mu.Lock()
	defer s.sync.mu.Unlock()
	s.clock.reported(ntp, stamp)
}

// ended says that no more sound comes.
func (s *soundSide) ended() {
	s.sync.mu.Lock()
	defer s.sync.mu.Unlock()
	if s.sync.sound != s {
		return
	}
	s.sync.sound = nil
	if p := s.sync.picture; p != nil {
		p.aim = 0
	}
}

// reported takes a sender report of the picture.
func (p *pictureSide) reported(ntp uint64, stamp uint32) {
	p.sync.mu.Lock()
	defer p.sync.mu.Unlock()
	p.clock.reported(ntp, stamp)
}

// ended says that no more pictures come.
func (p *pictureSide) ended() {
	p.sync.mu.Lock()
	defer p.sync.mu.Unlock()
	if p.sync.picture == p {
		p.sync.picture = nil
	}
}

// ready takes a decoded picture and returns how long it must wait. Where it
// waits, it does so until its usual moment, so that pictures that came in a bunch
// are shown as they were taken. Lossy tells that packets get lost on the way.
func (p *pictureSide) ready(stamp uint32, lossy bool, now time.Time) time.Duration {
	p.sync.mu.Lock()
	defer p.sync.mu.Unlock()
	before := p.pace.stamp
	late := p.pace.ready(stamp, now)
	transit := p.pace.transit(now)
	p.came = now
	p.hold = toward(p.hold, p.aim, now.Sub(p.moved))
	p.moved = now
	if p.pace.reset {
		p.network = lateness{}
	}
	if late > -paceJump { // else its timestamp is nonsense
		p.base = p.network.ready(transit, p.pace.span(p.pace.stamp-before), lossy, now)
	}
	shown := p.base
	if p.hold > 0 {
		shown = max(p.base, p.pace.usual) + p.hold
	}
	return min(max(shown-transit, 0), pictureMost)
}

// delay returns how long a picture waits that is as quick as any.
func (p *pictureSide) delay() time.Duration {
	p.sync.mu.Lock()
	defer p.sync.mu.Unlock()
	return p.network.delay() + p.hold
}

// toward moves a wait to its aim, as fast as it may in a time.
func toward(hold, aim, in time.Duration) time.Duration {
	step := time.Duration(float64(min(in, time.Second)) * lipSpeed)
	return min(max(aim, hold-step), hold+step)
}

// tickDue reports whether it is time for tick.
func (s *soundSide) tickDue(now time.Time) bool {
	s.sync.mu.Lock()
	defer s.sync.mu.Unlock()
	return now.Sub(s.ticked) >= lipTick
}

// tick decides again. It takes the timestamp that is heard now, if any, and how
// long the playout lets sound wait in all, and returns the least time that the
// playout must.
func (s *soundSide) tick(stamp uint32, heard bool, delay time.Duration, now time.Time) (hold time.Duration) {
	s.sync.mu.Lock()
	defer s.sync.mu.Unlock()
	if s.sync.sound != s {
		return 0
	}
	since := now.Sub(s.ticked)
	s.ticked = now
	if heard {
		s.heard = now
	}
	p := s.sync.picture
	if !s.comparable(p, now) {
		s.offset, s.aim = offset{}, 0
		if p != nil {
			p.aim = 0
		}
	} else if heard {
		s.compare(p, stamp, delay, now)
	}
	if s.aim > 0 { // up to what sound waits for the network, waiting changes nothing
		s.hold = max(s.hold, min(s.aim, delay))
	}
	s.hold = toward(s.hold, s.aim, since)
	return s.hold
}

// comparable reports whether both streams run and can be compared.
func (s *soundSide) comparable(p *pictureSide, now time.Time) bool {
	return p != nil && s.clock.known && p.clock.known &&
		now.Sub(s.heard) < lipSilent && now.Sub(p.came) < lipStale
}

// compare finds out how much later the sound is than pictures that wait for the
// network only, and decides what must.
func (s *soundSide) compare(p *pictureSide, stamp uint32, delay time.Duration, now time.Time) {
	measured := ntpSpan(s.clock.moment(stamp), p.clock.moment(p.pace.position(max(p.pace.usual, p.base), now)))
	if measured.Abs() > lipBelief {
		return // one of the streams has a new clock, and the other's report is not here yet
	}
	s.offset.add(measured)
	if !s.offset.steady() {
		return
	}
	late := s.offset.value
	if s.hold == 0 {
		p.aim = aimed(p.aim, late)
	} else {
		p.aim = 0
	}
	if p.hold > 0 {
		s.aim = 0
		return
	}
	s.aim = s.aimed(late, delay)
}

// aimed is how long sound must wait in all, for pictures that are so much later
// (late is negative). It waits already for the network, so what is missing comes
// on top of its present delay.
func (s *soundSide) aimed(late, delay time.Duration) time.Duration {
	switch {
	case s.aim == 0 && late >= -lipTolerance:
		return 0
	case late > -lipAim && s.hold < delay-lipTolerance:
		return 0 // it waits longer than it must: for the network
	case (late + lipAim).Abs() < lipSlack:
		return s.aim
	}
	return min(max(delay-late-lipAim, 0), lipMost)
}

// aimed is how long pictures must wait for sound that is so much later.
func aimed(aim, late time.Duration) time.Duration {
	want := min(late-lipAim, lipMost)
	switch {
	case late < lipRelease, aim == 0 && late <= lipTolerance:
		return 0
	case (want - aim).Abs() < lipSlack:
		return aim
	}
	return want
}

// late returns how much later sound is heard than the picture of its moment is
// shown; false while that is not known.
func (l *lipSync) late() (time.Duration, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sound == nil || l.picture == nil || !l.sound.offset.steady() {
		return 0, false
	}
	return l.sound.offset.value - l.picture.hold, true
}

// offset is a mean of what was measured lately.
type offset struct {
	count int
	value time.Duration
	far   int // measurements in a row that were far from it
}

const (
	offsetSteady = 5 // measurements before it is believed
	offsetWeight = 5
	offsetFar    = 150 * time.Millisecond
)

func (o *offset) add(d time.Duration) {
	if o.count == 0 {
		o.value = d
	}
	if (d - o.value).Abs() > offsetFar {
		o.far++
		if o.far < offsetSteady {
			return
		}
		o.value = d
	}
	o.far = 0
	o.count++
	o.value += (d - o.value) / time.Duration(min(o.count, offsetWeight))
}

func (o *offset) steady() bool { return o.count >= offsetSteady }
