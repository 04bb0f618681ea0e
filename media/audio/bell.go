package audio

import (
	"time"

	"parley/media"
	"parley/media/audio/device"
)

// bell is the worker's side of a device that rings, if it is not the speaker. It
// goes by its own clock: nothing else has to keep step with it.
type bell struct {
	to      *device.Playback // nil for none
	cushion cushion
	mixer   mixer
	mixed   mixed
	pcm     [2 * media.StepSamples]int16
	due     time.Time // of the next step into a file
}

// follow changes to another device.
func (b *bell) follow(to *device.Playback, now time.Time) {
	b.to, b.cushion, b.due = to, cushion{}, now
	if to != nil {
		to.Rouse(true)
	}
}

// fill keeps the device's ring as full as the cushion wants.
func (b *bell) fill(now time.Time, g *group) {
	d := b.to.Demand()
	fill := d.Waiting
	want := b.cushion.next(now, fill, b.to.Starved()) + min(max(0, d.Last-media.StepSamples), mostBite)
	for ; fill < want; fill += media.StepSamples {
		b.mixer.mix(&b.mixed, g, nil)
		for i, v := range b.mixed.middle {
			left, right := int32(v)+int32(b.mixed.side[i]), int32(v)-int32(b.mixed.side[i])
			b.pcm[2*i], b.pcm[2*i+1] = fit(left), fit(right)
		}
		b.to.Write(b.pcm[:])
	}
}

// record plays into a file what is due, and returns when the next step is.
func (b *bell) record(now time.Time, g *group, to sink) time.Time {
	b.due = eachStep(b.due, now, func(time.Time) {
		b.mixer.mix(&b.mixed, g, nil)
		to.take(&b.mixed.middle)
	})
	return b.due
}
