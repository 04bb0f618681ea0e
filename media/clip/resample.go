package clip

import (
	"math"

	"parley/media"
	"parley/media/sinc"
)

// The shape of the filter: how many zero crossings of the sinc are kept on
// either side, how finely it is tabulated, where it cuts off as a share of the
// lower of the two Nyquist frequencies, and the Kaiser window's parameter
// (about 80 dB).
const (
	crossings = 24
	phases    = 256
	cutoff    = 0.94
	kaiser    = 8.0
)

// resampler takes mono sound from one rate to media.SampleRate, by a windowed
// sinc of which it tabulates a number of phases and interpolates between them.
// Time is counted in whole numbers, so that it never drifts.
type resampler struct {
	in    *pcmReader
	rate  int64
	half  int         // samples on either side of the wanted place
	table [][]float32 // phases+1 rows of 2*half weights

	buffer []int16 // what has been read, beginning with half samples of the past
	count  int     // of samples in buffer
	place  int64   // of the next sample from buffer[half-1], in 1/media.SampleRate of one
	ended  bool
	real   int // samples in buffer before the silence that follows the end
}

const readAhead = 4096

func newResampler(in *pcmReader, rate int) *resampler {
	scale := cutoff * min(1, float64(media.SampleRate)/float64(rate))
	half := int(math.Ceil(crossings / scale))
	r := &resampler{in: in, rate: int64(rate), half: half, table: sincTable(half, scale)}
	r.buffer = make([]int16, 2*half+readAhead)
	r.count = half - 1 // silence before the beginning
	return r
}

// sincTable returns the weights for places between two samples.
func sincTable(half int, scale float64) [][]float32 {
	table := make([][]float32, phases+1)
	for p := range table {
		table[p] = make([]float32, 2*half)
		for i, w := range sinc.Row(half, scale, kaiser, float64(p)/phases) {
			table[p][i] = float32(w)
		}
	}
	return table
}

func (r *resampler) read(out []int16) (int, error) {
	for n := range out {
		at := int(r.place / media.SampleRate)
		if at+2*r.half > r.count {
			if err := r.fill(at); err != nil {
				return n, err
			}
			at = 0
		}
		if r.ended && at+r.half-1 >= r.real {
			return n, nil
		}
		out[n] = r.sample(at, r.place%media.SampleRate)
		r.place += r.rate
	}
	return len(out), nil
}

// fill forgets what is before a place and reads on; after the end there is silence.
func (r *resampler) fill(at int) error {
	copy(r.buffer, r.buffer[at:r.count])
	r.count -= at
	r.real -= at
	r.place -= int64(at) * media.SampleRate
	if !r.ended {
		n, err := r.in.read(r.buffer[r.count:])
		if err != nil {
			return err
		}
		r.count += n
		r.real = r.count
		r.ended = r.count < len(r.buffer)
	}
	clear(r.buffer[r.count:])
	r.count = len(r.buffer)
	return nil
}

// sample returns the sound between two samples of the buffer.
func (r *resampler) sample(at int, fraction int64) int16 {
	position := float32(fraction) * phases / media.SampleRate
	phase := int(position)
	blend := position - float32(phase)
	a, b := r.table[phase], r.table[phase+1]
	samples := r.buffer[at : at+2*r.half]
	var sum float32
	for i, v := range samples {
		sum += float32(v) * (a[i] + blend*(b[i]-a[i]))
	}
	return int16(math.Round(float64(min(math.MaxInt16, max(math.MinInt16, sum)))))
}
