package drift

import (
	"math"

	"parley/media"
)

const (
	// MostPPM is the greatest change of rate that a Resampler makes, either way.
	MostPPM = 2000
	// Delay is how many samples a Resampler holds back: 0.25 ms.
	Delay = taps / 2
	// MostStep is the most samples that come out for one step (media.StepSamples).
	MostStep = media.StepSamples + 2
)

// Resampler changes the rate of sound a little: windowed sinc, at any fraction of
// a sample. Of sound below 19 kHz what is added is 80 dB below it. It is used from
// one goroutine.
type Resampler struct {
	kernel       *kernel
	at           float64 // of the next sample out, in samples of what comes in next
	stride       float64 // from one sample out to the next
	wanted       float64 // stride
	middle, side lane
}

// lane is one channel: what is left of the sound before, then a step of it.
type lane [taps - 1 + media.StepSamples]float32

// NewResampler returns a Resampler that delays sound by Delay samples and leaves
// it as it is otherwise, until Set.
func NewResampler() *Resampler {
	return &Resampler{kernel: newKernel(), stride: 1, wanted: 1}
}

// Set makes 1 + ppm/1e6 samples come out for every one that comes in. More than
// MostPPM is taken as that. The rate moves there during the next step, so sound
// goes on without a seam.
func (r *Resampler) Set(ppm float64) {
	if math.IsNaN(ppm) {
		ppm = 0
	}
	r.wanted = 1 / (1 + min(max(ppm, -MostPPM), MostPPM)/1e6)
}

// PPM returns what was set.
func (r *Resampler) PPM() float64 { return (1/r.wanted - 1) * 1e6 }

// Mono appends in at the other rate to out, and returns out. It does not allocate
// while out has room: MostStep for every step that comes in.
func (r *Resampler) Mono(out, in []int16) []int16 {
	for len(in) > 0 {
		n := min(len(in), media.StepSamples)
		r.middle.load(in[:n])
		out, _ = r.run(n, out, nil, false)
		r.middle.keep(n)
		r.side.load(nil)
		in = in[n:]
	}
	return out
}

// Stereo is Mono for the two channels of a sound, which must be of one length.
// Steps of one and of two channels may follow each other: Mono's other channel
// is silence.
func (r *Resampler) Stereo(middle, side, inMiddle, inSide []int16) (outMiddle, outSide []int16) {
	inSide = inSide[:len(inMiddle)]
	for len(inMiddle) > 0 {
		n := min(len(inMiddle), media.StepSamples)
		r.middle.load(inMiddle[:n])
		r.side.load(inSide[:n])
		middle, side = r.run(n, middle, side, true)
		r.middle.keep(n)
		r.side.keep(n)
		inMiddle, inSide = inMiddle[n:], inSide[n:]
	}
	return middle, side
}

// Reset forgets the sound so far, but not the rate.
func (r *Resampler) Reset() {
	*r = Resampler{kernel: r.kernel, stride: r.wanted, wanted: r.wanted}
}

// run makes what n samples are enough for.
func (r *Resampler) run(n int, middle, side []int16, both bool) (outMiddle, outSide []int16) {
	bend := (r.wanted - r.stride) / float64(n)
	end := float64(n)
	for r.at < end {
		i := int(r.at)
		phase := r.at - float64(i)
		middle = append(middle, whole(r.kernel.read(r.middle.window(i), phase)))
		if both {
			side = append(side, whole(r.kernel.read(r.side.window(i), phase)))
		}
		r.at += r.stride
		r.stride += bend
	}
	r.at -= end
	r.stride = r.wanted
	return middle, side
}

// load puts a step behind what is left; no step at all forgets that too.
func (l *lane) load(in []int16) {
	if in == nil {
		clear(l[:taps-1])
	}
	to := l[taps-1:][:len(in)]
	for i, v := range in {
		to[i] = float32(v)
	}
}

// keep leaves the end of a step of n samples for the next.
func (l *lane) keep(n int) { copy(l[:taps-1], l[n:n+taps-1]) }

func (l *lane) window(i int) *[taps]float32 { return (*[taps]float32)(l[i : i+taps]) }

// whole rounds, and limits to what a sample can be.
func whole(v float32) int16 {
	const half = math.MaxInt16 + 1.5 // truncation then rounds, as all is positive
	return int16(int32(min(max(v, math.MinInt16), math.MaxInt16)+half) - (math.MaxInt16 + 1))
}
