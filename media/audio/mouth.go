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
)

// mouth is the worker's side of the speaker.
type mouth struct {
	to    *device.Playback // nil for none
	awake bool             // it takes
	bite  int              // frames that it takes at once

	resampler *drift.Resampler
	pacer     drift.Pacer
	clock     drift.Meter
	reserve   reserve
	cushion   cushion
	skips     int // steps to leave out, since there is too much
	heldBack  float64

	middle, side []int16
	pcm          [2 * drift.MostStep]int16
}

// follow changes to another speaker.
func (m *mouth) follow(to *device.Playback) {
	*m = mouth{to: to, resampler: m.resampler, middle: m.middle, side: m.side}
	if m.resampler == nil {
		m.resampler = drift.NewResampler()
		m.middle = make([]int16, 0, drift.MostStep)
		m.side = make([]int16, 0, drift.MostStep)
	}
	m.resampler.Reset()
	m.resampler.Set(0)
}

// listen finds out whether the speaker takes sound, and until when that is taken
// for granted.
func (m *mouth) listen(now time.Time) (until time.Time) {
	if m.to == nil {
		return time.Time{}
	}
	taken, last, at := m.to.Asked()
	if at.IsZero() || now.Sub(at) >= asleepAfter {
		m.awake = false
		return time.Time{}
	}
	m.bite = min(max(last, m.bite-m.bite/64, leastBite), mostBite)
	if !m.awake {
		m.wake()
	}
	m.clock.Note(taken, at)
	return at.Add(asleepAfter)
}

// wake begins to play: silence first, as much as the device takes at once.
func (m *mouth) wake() {
	m.awake, m.skips = true, 0
	m.cushion = cushion{}
	m.pacer.Reset()
	m.reserve = reserve{starved: m.to.Starved()}
	var silence [2 * media.StepSamples]int16
	for want := m.bite + leastLeft - m.to.Len(); want > 0; want -= media.StepSamples {
		m.to.Write(silence[:2*min(want, media.StepSamples)])
	}
}

// write sends a step to the device, at the device's clock.
func (m *mouth) write(step *mixed) {
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
	m.to.Write(m.pcm[:2*len(middle)])
}

// fit limits what the resampler makes of the very loudest to 16 bit.
func fit(v int32) int16 { return int16(min(max(v, math.MinInt16), math.MaxInt16)) }

// pace adjusts the rate before a step that goes by the microphone's clock. Of what waits in
// the ring, ahead steps were made before their time. It returns how many steps
// are to be made besides, since the device went hungry.
func (m *mouth) pace(now time.Time, near *drift.Meter, ahead int) (more int) {
	fill := m.to.Len() - ahead*media.StepSamples
	_, _, at := m.to.Asked()
	speaker, a := m.clock.Rate()
	microphone, b := near.Rate()
	m.pacer.Lean(speaker-microphone, math.Hypot(a, b))
	m.pacer.Aim(m.reserve.aim)
	p := m.pacer.Next(drift.Reading{At: now, Fill: fill, Taken: at, Starved: m.to.Starved()})
	m.resampler.Set(p.PPM)
	m.reserve.note(fill - samplesIn(now.Sub(at)))
	m.reserve.judge(now, m.to, m.bite)
	m.heldBack += (float64(m.to.Len()) - m.heldBack) / 64
	switch {
	case p.Jump < 0:
		m.skips = -p.Jump / media.StepSamples
	case p.Jump > 0:
		more = (p.Jump + media.StepSamples - 1) / media.StepSamples
	}
	return more
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
	_, _, at := m.to.Asked()
	period := lasting(uint64(m.bite))
	bites := m.to.Len() / m.bite
	due := at.Add(time.Duration(bites+1)*period - safety - busy)
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
	m.heldBack += (float64(fill) - m.heldBack) / 64
	return want - fill
}

// delay returns how long it takes from Play to the air: the ring, what the device
// takes at once, and once more that for what the device holds. What is
// behind the sound system (a wireless headset) is not known.
func (m *mouth) delay() time.Duration {
	if !m.awake {
		return 0
	}
	return lasting(uint64(max(0, m.heldBack)) + uint64(m.bite) + drift.Delay)
}

// samplesIn returns how many samples a time holds.
func samplesIn(d time.Duration) int {
	return int(min(max(d, 0), time.Second) * media.SampleRate / time.Second)
}
