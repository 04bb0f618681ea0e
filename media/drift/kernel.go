package drift

import "parley/media/sinc"

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
		row := sinc.Row(taps/2, 1, kaiserBeta, float64(p)/phases)
		sum := 0.0
		for _, w := range row {
			sum += w
		}
		for i, w := range row {
			k[p][i] = float32(w / sum) // the same gain at every phase
		}
	}
	return k
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
