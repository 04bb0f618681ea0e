package drift

import "math"

const (
	taps   = 24  // of the filter: 0.25 ms to either side
	phases = 256 // between two samples; linear interpolation between these errs by less than -90 dB
	// Of the Kaiser window: 80 dB, which with so many taps leaves no image of what is below 19 kHz.
	kaiserBeta = 7.857
)

// kernel is a windowed sinc at every phase: row p holds what reads a signal
// p/phases of a sample after the middle of its window. Its band is all of what
// the rate allows, so that row 0 is a pure delay.
type kernel [phases + 1][taps]float32

func newKernel() *kernel {
	k := &kernel{}
	for p := range k {
		sum := 0.0
		var row [taps]float64
		for i := range row {
			row[i] = windowedSinc(float64(i-(taps/2-1)) - float64(p)/phases)
			sum += row[i]
		}
		for i := range row {
			k[p][i] = float32(row[i] / sum) // the same gain at every phase
		}
	}
	return k
}

// windowedSinc is the sinc function under a Kaiser window, x in samples.
func windowedSinc(x float64) float64 {
	edge := x / (taps / 2)
	if edge <= -1 || edge >= 1 {
		return 0
	}
	if x == math.Trunc(x) && x != 0 {
		return 0 // exactly, so that phase 0 changes nothing
	}
	window := bessel(kaiserBeta*math.Sqrt(1-edge*edge)) / bessel(kaiserBeta)
	if x == 0 {
		return window
	}
	return window * math.Sin(math.Pi*x) / (math.Pi * x)
}

// bessel is the modified Bessel function of the first kind, of order zero.
func bessel(x float64) float64 {
	sum, term := 1.0, 1.0
	for n := 1.0; term > 1e-12*sum; n++ {
		term *= (x / (2 * n)) * (x / (2 * n))
		sum += term
	}
	return sum
}

// read returns the signal in x, phase (0 to 1) after the middle of the window.
func (k *kernel) read(x *[taps]float32, phase float64) float32 {
	if phase == 0 {
		return x[taps/2-1]
	}
	at := phase * phases
	row := min(int(at), phases-1)
	part := float32(at - float64(row))
	a, b := &k[row], &k[row+1]
	var a0, a1, b0, b1 float32 // four sums, so that none waits for another
	for i := 0; i < taps; i += 2 {
		a0 += x[i] * a[i]
		a1 += x[i+1] * a[i+1]
		b0 += x[i] * b[i]
		b1 += x[i+1] * b[i+1]
	}
	from := a0 + a1
	return from + part*(b0+b1-from)
}
