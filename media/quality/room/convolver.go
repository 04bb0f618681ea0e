package room

import (
	"parley/media"
	"parley/media/quality"
)

// convolver filters steps of 10 ms by a long impulse response without further
// delay: the response is cut into pieces of a step, each applied by multiplying
// spectra (T. G. Stockham, 1966; uniformly partitioned, overlap-save).
type convolver struct {
	fourier *quality.Fourier
	pieces  [][]complex128 // spectra of the response
	spectra [][]complex128 // of the last steps, a ring
	newest  int
	last    [media.StepSamples]float64
	sum     []complex128
}

const convolverSize = 1024 // no less than two steps

func newConvolver(impulse []float64) *convolver {
	c := &convolver{fourier: quality.NewFourier(convolverSize), sum: make([]complex128, convolverSize)}
	for at := 0; at < len(impulse); at += media.StepSamples {
		piece := make([]complex128, convolverSize)
		for i, v := range impulse[at:min(len(impulse), at+media.StepSamples)] {
			piece[i] = complex(v, 0)
		}
		c.fourier.Forward(piece)
		c.pieces = append(c.pieces, piece)
		c.spectra = append(c.spectra, make([]complex128, convolverSize))
	}
	return c
}

// step filters in place.
func (c *convolver) step(s *[media.StepSamples]float64) {
	c.newest = (c.newest + len(c.spectra) - 1) % len(c.spectra)
	in := c.spectra[c.newest]
	clear(in)
	for i := range s {
		in[i], in[media.StepSamples+i] = complex(c.last[i], 0), complex(s[i], 0)
	}
	c.last = *s
	c.fourier.Forward(in)
	clear(c.sum)
	for p, piece := range c.pieces {
		x := c.spectra[(c.newest+p)%len(c.spectra)]
		for k := range c.sum {
			c.sum[k] += x[k] * piece[k]
		}
	}
	c.fourier.Inverse(c.sum)
	for i := range s {
		s[i] = real(c.sum[media.StepSamples+i])
	}
}
