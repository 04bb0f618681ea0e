package device

import (
	"sync/atomic"
	"time"
)

// playbackChannels is what every speaker is opened with: left and right. The
// sound system makes of it what the device has.
const playbackChannels = 2

// Playback is what an open speaker and its writer share. All but Data is for one
// goroutine.
type Playback struct {
	ring  ring
	wake  func() // never blocks
	began time.Time
	rouse atomic.Bool

	beats   atomic.Uint64
	taken   atomic.Uint64 // frames asked for so far, whether there were any or not
	takenAt atomic.Int64  // when, since began
	size    atomic.Int64  // frames asked for last, within a millisecond
	lowest  atomic.Int64  // fewest frames left over since Lowest was asked
	starved atomic.Uint64
}

// NewPlayback returns a Playback of two channels. wake is called when the device
// has taken frames, if Rouse asks for it, from a thread of the sound system; it
// must not block.
func NewPlayback(wake func()) *Playback {
	p := &Playback{wake: wake, began: time.Now()}
	p.lowest.Store(ringSize)
	return p
}

// Data implements Endpoint: any number of frames at a time. What is missing is
// silence.
func (p *Playback) Data(out, _ []byte, _ uint32) {
	p.beats.Add(1)
	if pcm := samplesOf(out); len(pcm) >= playbackChannels {
		frames := int64(len(pcm) / playbackChannels)
		p.date(frames) // first: who reads between may think it late, not early
		n := p.ring.take(pcm)
		clear(pcm[n:])
		if n < len(pcm) {
			p.starved.Add(1)
		}
		left := int64(p.ring.len() / playbackChannels)
		if left < p.lowest.Load() {
			p.lowest.Store(left)
		}
		p.taken.Add(uint64(frames))
	}
	if p.rouse.Load() {
		p.wake()
	}
}

// date remembers when the device took how much. Several callbacks within a
// millisecond are one that asks piece by piece.
func (p *Playback) date(frames int64) {
	now := int64(time.Since(p.began))
	if now-p.takenAt.Load() < int64(time.Millisecond) {
		p.size.Add(frames)
		return
	}
	p.size.Store(frames)
	p.takenAt.Store(now)
}

// Channels implements Endpoint.
func (p *Playback) Channels() int { return playbackChannels }

// Beats implements Endpoint.
func (p *Playback) Beats() uint64 { return p.beats.Load() }

// Rouse says whether the writer wants to be woken at every callback.
func (p *Playback) Rouse(on bool) { p.rouse.Store(on) }

// Len returns how many frames wait for the device.
func (p *Playback) Len() int { return p.ring.len() / playbackChannels }

// Write adds frames, left and right in turn, and returns how many found room.
func (p *Playback) Write(in []int16) int { return p.ring.write(in) / playbackChannels }

// Taken returns how many frames the device has asked for so far, how many of
// them last, and when that was; at is the zero time if it never did.
func (p *Playback) Taken() (frames uint64, last int, at time.Time) {
	frames, last = p.taken.Load(), int(p.size.Load())
	if last == 0 {
		return 0, 0, time.Time{}
	}
	return frames, last, p.began.Add(time.Duration(p.takenAt.Load()))
}

// Lowest returns the fewest frames that were left over when the device had taken
// what it wanted, since Lowest was called last, and whether it has taken any.
func (p *Playback) Lowest() (frames int, known bool) {
	n := p.lowest.Swap(ringSize)
	return int(n), n < ringSize
}

// Starved returns how often the device found less than it wanted.
func (p *Playback) Starved() uint64 { return p.starved.Load() }
