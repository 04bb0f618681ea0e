package quality

import "math"

// The analysis of STOI: C. H. Taal, R. C. Hendriks, R. Heusdens, J. Jensen, "An
// Algorithm for Intelligibility Prediction of Time-Frequency Weighted Noisy
// Speech", IEEE Transactions on Audio, Speech, and Language Processing 19(7),
// 2011, section II.
const (
	stoiRate    = 10000
	stoiFrame   = 256
	stoiHop     = stoiFrame / 2
	stoiFourier = 512
	stoiBands   = 15
	stoiLowest  = 150.0 // Hz, the centre of the lowest band
	stoiRange   = 40.0  // dB below the loudest frame, from where a frame is silent
)

// bandEdges returns the first bin of every one-third octave band, and the bin
// after the last.
func bandEdges() [stoiBands + 1]int {
	var edges [stoiBands + 1]int
	for j := range edges {
		frequency := stoiLowest * math.Exp2((2*float64(j)-1)/6)
		edges[j] = int(math.Round(frequency * stoiFourier / stoiRate))
	}
	return edges
}

// bands are the magnitudes of a signal in one-third octave bands, per frame.
type bands [stoiBands][]float64

func (b *bands) frames() int { return len(b[0]) }

// analyse returns the bands of a signal. Signals do not share transforms, so
// that not even a rounding error of one is seen in the other's silence.
func analyse(x []float64) *bands {
	var b bands
	f, window, edges := NewFourier(stoiFourier), hann(stoiFrame), bandEdges()
	frames := frameCount(len(x))
	for j := range b {
		b[j] = make([]float64, frames)
	}
	bins := make([]complex128, stoiFourier)
	for n := range frames {
		clear(bins)
		for i, w := range window {
			bins[i] = complex(w*x[n*stoiHop+i], 0)
		}
		f.Forward(bins)
		for j := range b {
			b[j][n] = math.Sqrt(binPower(bins[edges[j]:edges[j+1]]))
		}
	}
	return &b
}

func binPower(bins []complex128) float64 {
	sum := 0.0
	for _, v := range bins {
		sum += power(v)
	}
	return sum
}

// frameCount counts frames as the authors do: one that ends with the last
// sample is not among them.
func frameCount(samples int) int {
	if samples <= stoiFrame {
		return 0
	}
	return (samples-stoiFrame-1)/stoiHop + 1
}

// withoutSilence takes out of both signals the frames in which x is silent, and
// joins what is left by overlapping and adding.
func withoutSilence(x, y []float64) (xs, ys []float64) {
	window := hann(stoiFrame)
	levels := frameLevels(x, window)
	loudest := 0.0
	for _, l := range levels {
		loudest = max(loudest, l)
	}
	floor := loudest * math.Pow(10, -stoiRange/10)
	xs, ys = make([]float64, len(x)), make([]float64, len(y))
	at := 0
	for n, level := range levels {
		if level <= floor {
			continue
		}
		for i, w := range window {
			xs[at+i] += w * x[n*stoiHop+i]
			ys[at+i] += w * y[n*stoiHop+i]
		}
		at += stoiHop
	}
	if at == 0 {
		return nil, nil
	}
	end := at + stoiFrame - stoiHop
	return xs[:end], ys[:end]
}

// frameLevels returns the energy of each windowed frame.
func frameLevels(x, window []float64) []float64 {
	levels := make([]float64, frameCount(len(x)))
	for n := range levels {
		for i, w := range window {
			v := w * x[n*stoiHop+i]
			levels[n] += v * v
		}
	}
	return levels
}
