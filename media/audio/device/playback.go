package device

// #include "callback.h"
import "C"

import (
	"time"
	"unsafe"
)

// playbackChannels is what every speaker is opened with: left and right. The
// sound system makes of it what the device has.
const playbackChannels = 2

// Playback is what an open speaker and its writer share. All but Data is for one
// goroutine.
type Playback struct {
	*shared        // apart, as C may not see Go pointers
	notify  func() // never blocks
	began   time.Time
}

// NewPlayback returns a Playback of two channels that asks for so many frames at a
// time (Period, or more where that is too hasty for the machine). wake is called when the device
// has taken frames, if Rouse asks for it, from a thread of the sound system; it
// must not block.
func NewPlayback(period int, wake func()) *Playback {
	p := &Playback{shared: &shared{}, notify: wake, began: time.Now()}
	p.begin(playbackChannels, period)
	return p
}

// Data implements Endpoint: any number of frames at a time. What is missing is
// silence.
func (p *Playback) Data(out, _ []byte, _ uint32) {
	pcm := samplesOf(out, playbackChannels)
	roused := C.parley_play(p.c(), (*C.int16_t)(unsafe.SliceData(pcm)), C.uint32_t(len(pcm)), C.int64_t(time.Since(p.began)))
	if roused != 0 {
		p.notify()
	}
}

func (p *Playback) share() (s *shared, wake func()) { return p.shared, p.notify }

// Beats implements Endpoint.
func (p *Playback) Beats() uint64 { return p.beats.Load() }

// Rouse says whether the writer wants to be woken at every callback.
func (p *Playback) Rouse(on bool) {
	var v uint32
	if on {
		v = 1
	}
	p.rouse.Store(v)
}

// Len returns how many frames wait for the device.
func (p *Playback) Len() int { return p.len() / playbackChannels }

// Write adds frames, left and right in turn, and returns how many found room.
func (p *Playback) Write(in []int16) int { return p.write(in) / playbackChannels }

// Demand is how a device asks for sound.
type Demand struct {
	Waiting int       // frames that wait for it
	Asked   uint64    // frames that it has asked for so far, whether there were any or not
	Last    int       // frames that it asked for last, within a millisecond; 0 if it never did
	At      time.Time // when that was
}

// Demand returns how the device asks for sound.
func (p *Playback) Demand() (d Demand) {
	var since int64
	fits := p.between(func() {
		d.Waiting, d.Asked, d.Last = p.Len(), p.taken.Load(), int(p.size.Load())
		since = p.at.Load()
	})
	if !fits { // it is about to take them
		d.Waiting = max(0, d.Waiting-d.Last)
	}
	d.At = p.began.Add(time.Duration(since))
	return d
}

// Lowest returns the fewest frames that were left over when the device had taken
// what it wanted, since Lowest was called last, and whether it has taken any.
func (p *Playback) Lowest() (frames int, known bool) {
	n := p.lowest.Swap(ringSize)
	return int(n), n < ringSize
}

// Period returns how many frames the device was asked to take at a time. It holds
// about as many.
func (p *Playback) Period() int { return int(p.period) }

// Latency returns how long it takes from a callback to the air, of what the callback
// hands over, where the sound system says so: 10 ms and less beside a card, 100 to
// 300 ms with a wireless headset.
func (p *Playback) Latency() (d time.Duration, known bool) {
	d = time.Duration(p.latency.Load())
	return d, d > 0
}

// Starved returns how often the device found less than it wanted.
func (p *Playback) Starved() uint64 { return p.missed.Load() }
