package audio

import (
	"math"
	"time"

	"parley/media"
	"parley/media/audio/device"
	"parley/media/drift"
)

const (
	// A step is made ahead of its time if it is not there so long before the
	// speaker is due: what timers and the worker may be late.
	safety = 2500 * time.Microsecond
	// Smaller requests than this are seen as parts of one.
	leastBite = 5 * media.SampleRate / 1000
	mostBite  = 8192
	// With so much waiting beyond what the device takes at once, steps of the
	// microphone make no steps of sound.
	mostWaiting = 60 * media.SampleRate / 1000
	// A latency that far from what was known is not the same device's.
	farOff = 50 * time.Millisecond
)

// mouth is the worker's side of the speaker.
type mouth struct {
	to    *device.Playback // nil for none
	awake bool             // it takes
	bite  int              // the most frames that it takes at once

	appetite  appetite
	resampler *drift.Resampler
	pacer     drift.Pacer
	clock     drift.Meter
	reserve   reserve
	cushion   cushion
	shadow    shadow
	skips     int                          // steps to leave out, since there is too much
	heldBack  float64                      // samples that a step waits for, smoothly
	behind    float64                      // nanoseconds that the device and what is behind it hold, smoothly
	early     func() (time.Duration, bool) // how much sooner what is played could be, if anybody knows
	clocks    float64                      // ppm that the speaker's clock is faster than the microphone's, as far as known

	middle, side []int16
	pcm          [2 * drift.MostStep]int16
}

// follow changes to another speaker.
func (m *mouth) follow(to *device.Playback) {
	*m = mouth{to: to, early: m.early, resampler: m.resampler, middle: m.middle, side: m.side, shadow: m.shadow}
	if m.resampler == nil {
		m.resampler = drift.NewResampler()
		m.middle = make([]int16, 0, drift.MostStep)
		m.side = make([]int16, 0, drift.MostStep)
	}
	m.resampler.Reset()
	m.resampler.Set(0)
	m.shadow.restart()
}

// listen finds out whether the speaker takes sound, and until when that is taken
// for granted.
func (m *mouth) listen(now time.Time) (until time.Time) {
	if m.to == nil {
		return time.Time{}
	}
	d := m.to.Demand()
	if d.Last == 0 || now.Sub(d.At) >= asleepAfter {
		m.awake = false
		return time.Time{}
	}
	if !m.awake {
		m.appetite = appetite{}
		m.wake(d)
	}
	m.appetite.note(d)
	m.bite = min(max(m.appetite.most, leastBite), mostBite)
	m.clock.Note(d.Asked, d.At)
	return d.At.Add(asleepAfter)
}

// wake begins to play: silence first, as little as can be enough.
func (m *mouth) wake(d device.Demand) {
	m.awake, m.skips, m.heldBack, m.behind = true, 0, 0, 0
	m.cushion = cushion{}
	m.pacer.Reset()
	m.shadow.reset()
	m.reserve = reserve{starved: m.to.Starved()}
	var silence [2 * (leastBite + leastLeft)]int16
	m.to.Write(silence[:2*max(0, leastBite+leastLeft-d.Waiting)])
}

// moved takes note that steps were forgotten which the microphone owed, so that
// what is known of the reserve is of the past.
func (m *mouth) moved(now time.Time) {
	m.pacer.Reset()
	m.reserve.restart(now)
}

// write sends a step to the device, at the device's clock.
func (m *mouth) write(step *mixed, now time.Time) {
	d := m.to.Demand()
	wait := max(0, d.Waiting+d.Last-samplesIn(now.Sub(d.At)))
	m.heldBack += (float64(wait) - m.heldBack) / 64
	m.measure(m.to.Latency())
	middle, side := m.middle[:0], m.side[:0]
	if step.stereo {
		middle, side = m.resampler.Stereo(middle, side, step.middle[:], step.side[:])
	} else {
		middle = m.resampler.Mono(middle, step.middle[:])
	}
	for i, v := range middle {
		left, right := int32(v), int32(v)
		if step.stereo {
			left, right = left+int32(side[i]), right-int32(side[i])
		}
		m.pcm[2*i], m.pcm[2*i+1] = fit(left), fit(right)
	}
	written := m.to.Write(m.pcm[:2*len(middle)])
	m.shadow.add(d.Asked+uint64(d.Waiting), middle[:written])
}

// with fills far with what is heard of the speaker while the microphone hears the step
// that was just taken from it, but for what both sides hold.
func (m *mouth) with(far *[media.StepSamples]int16, from *device.Capture) {
	if !m.awake {
		clear(far[:])
		return
	}
	delivered, at := from.Delivered()
	if later := delivered - from.Taken(); later < media.StepSamples { // else it is late itself
		d := m.to.Demand()
		passed := at.Sub(d.At).Seconds() * media.SampleRate
		// All that the speaker has asked for since it was full makes room in it, however
		// it asks. A step less is sure to be made by now, and as sure not to be heard before.
		m.shadow.note(float64(d.Asked) + passed - float64(later) - media.StepSamples)
	}
	m.shadow.step(far, m.clocks)
}

// fit limits what the resampler makes of the very loudest to 16 bit.
func fit(v int32) int16 { return int16(min(max(v, math.MinInt16), math.MaxInt16)) }

// pace adjusts the rate before a step that goes by the microphone's clock. Of what waits in
// the ring, ahead steps were made before their time. It returns how many steps
// are to be made besides.
func (m *mouth) pace(now time.Time, near *drift.Meter, ahead int) (more int) {
	if ahead > 1 {
		return 0 // the microphone stalls: nothing can be said
	}
	d := m.to.Demand()
	speaker, a := m.clock.Rate()
	microphone, b := near.Rate()
	ppm, sure := speaker-microphone, math.Hypot(a, b)
	fill := d.Waiting - ahead*media.StepSamples
	m.reserve.note(fill - samplesIn(now.Sub(d.At)))
	steps := m.reserve.judge(now, m.to, m.bite, ppm, sure, m.early)
	m.pacer.Lean(ppm, sure)
	m.clocks = believed(ppm, sure)
	m.pacer.Aim(m.reserve.next())
	if steps == 0 {
		p := m.pacer.Next(drift.Reading{At: now, Fill: fill, Taken: d.At, Starved: m.to.Starved()})
		m.resampler.Set(p.PPM)
		steps = p.Jump / media.StepSamples
	}
	if steps != 0 {
		m.pacer.Reset() // what it knows of the reserve is of the past
	}
	m.skips = max(m.skips-steps, 0)
	return max(steps, 0)
}

// full reports whether a step of the microphone should make no sound, because
// too much waits already.
func (m *mouth) full() bool {
	if m.skips > 0 {
		m.skips--
		return true
	}
	return m.to.Len() > m.bite+mostWaiting+max(0, m.reserve.aim)
}

// deadline returns when the next step has to be in the ring.
func (m *mouth) deadline(now time.Time, busy time.Duration) time.Time {
	d := m.to.Demand()
	if max(m.appetite.least, leastBite) < m.bite*3/4 { // any moment
		return d.At.Add(lasting(uint64(d.Waiting)) - safety - busy)
	}
	period := lasting(uint64(min(max(m.appetite.usual, leastBite), m.bite)))
	bites := max(0, d.Waiting-m.appetite.short(d)) / m.bite
	due := d.At.Add(time.Duration(bites+1)*period - safety - busy)
	if bites > 0 && !due.After(now) {
		return now.Add(period) // it is late itself
	}
	return due
}

// fill returns how many frames more should wait for a speaker that is itself the clock.
func (m *mouth) fill(now time.Time) int {
	fill := m.to.Len()
	m.resampler.Set(0)
	want := m.cushion.next(now, fill, m.to.Starved()) + max(0, m.bite-media.StepSamples)
	return want - fill
}

// waiting returns how long sound waits in the ring, on average.
func (m *mouth) waiting() time.Duration { return lasting(uint64(max(0, m.heldBack))) }

// delay returns how long it takes from Play to the air: the ring, and what is behind
// it, which may be a wireless headset.
func (m *mouth) delay() time.Duration {
	if !m.awake {
		return 0
	}
	return m.waiting() + time.Duration(m.behind) + lasting(drift.Delay)
}

// measure follows what is behind the ring: what the sound system says, smoothly, or
// else the period that the device was asked to hold.
func (m *mouth) measure(d time.Duration, known bool) {
	switch {
	case !known:
		m.behind = float64(lasting(uint64(m.to.Period())))
	case m.behind == 0 || math.Abs(float64(d)-m.behind) > float64(farOff):
		m.behind = float64(d) // it was a guess, or another device has taken over
	default:
		m.behind += (float64(d) - m.behind) / 64
	}
}

// believed returns a difference of clocks if it is one beyond doubt, given its standard
// error: a sound server that misses a few milliseconds looks like one for a while.
func believed(ppm, sure float64) float64 {
	if math.Abs(ppm)-2*sure > oneClock {
		return ppm
	}
	return 0
}

// samplesIn returns how many samples a time holds.
func samplesIn(d time.Duration) int {
	return int(min(max(d, 0), time.Second) * media.SampleRate / time.Second)
}
