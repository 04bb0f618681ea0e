package quality

import (
	"math"
	"math/bits"
	"math/cmplx"
)

// Fourier transforms one size by Cooley and Tukey's algorithm, in place. It does
// not change when it is used, and may be shared.
type Fourier struct {
	factors []complex128 // exp(-2πi k/n), k < n/2
	shift   int
}

// NewFourier makes a transform of a size that is a power of two, 2 at the least.
func NewFourier(size int) *Fourier {
	f := &Fourier{factors: make([]complex128, size/2), shift: 64 - bits.Len(uint(size-1))}
	for k := range f.factors {
		f.factors[k] = cmplx.Rect(1, -2*math.Pi*float64(k)/float64(size))
	}
	return f
}

func (f *Fourier) size() int { return 2 * len(f.factors) }

// Forward transforms x in place.
func (f *Fourier) Forward(x []complex128) {
	for i := range x {
		if j := int(bits.Reverse64(uint64(i)) >> f.shift); j > i {
			x[i], x[j] = x[j], x[i]
		}
	}
	for half := 1; half < len(x); half *= 2 {
		stride := len(f.factors) / half
		for start := 0; start < len(x); start += 2 * half {
			low, high := x[start:start+half], x[start+half:start+2*half]
			for k := range low {
				t := high[k] * f.factors[k*stride]
				low[k], high[k] = low[k]+t, low[k]-t
			}
		}
	}
}

// Inverse undoes Forward.
func (f *Fourier) Inverse(x []complex128) {
	f.Forward(x)
	scale := complex(1/float64(len(x)), 0)
	x[0] *= scale
	for i, j := 1, len(x)-1; i <= j; i, j = i+1, j-1 {
		x[i], x[j] = x[j]*scale, x[i]*scale
		if i == j {
			return
		}
	}
}

// sizeFor returns the least power of two that is no less than n and 2.
func sizeFor(n int) int {
	if n <= 2 {
		return 2
	}
	return 1 << bits.Len(uint(n-1))
}

// correlate is the method of a correlator that is used once.
func correlate(short, long []float64) []float64 { return correlator{}.correlate(short, long) }

// correlator keeps a transform of each size that was needed.
type correlator map[int]*Fourier

func (c correlator) transform(size int) *Fourier {
	f, ok := c[size]
	if !ok {
		f = NewFourier(size)
		c[size] = f
	}
	return f
}

// correlate returns, for every lag from 0 to len(long)-len(short), the sum of
// products of short and long from there. It takes the time of two Fourier
// transforms.
func (c correlator) correlate(short, long []float64) []float64 {
	lags := len(long) - len(short) + 1
	if lags < 1 {
		return nil
	}
	f := c.transform(sizeFor(len(long)))
	// Two real signals share one transform: the parts are told apart by symmetry.
	x := make([]complex128, f.size())
	for i, v := range long {
		x[i] = complex(v, 0)
	}
	for i, v := range short {
		x[i] += complex(0, v)
	}
	f.Forward(x)
	n := len(x)
	product := make([]complex128, n)
	for k := range x {
		mirror := cmplx.Conj(x[(n-k)%n])
		a, b := 0.5*(x[k]+mirror), -0.5i*(x[k]-mirror)
		product[k] = a * cmplx.Conj(b)
	}
	f.Inverse(product)
	out := make([]float64, lags)
	for i := range out {
		out[i] = real(product[i])
	}
	return out
}

// hann returns Hann's window of n samples without its zeros, as the authors of
// STOI use it.
func hann(n int) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = 0.5 - 0.5*math.Cos(2*math.Pi*float64(i+1)/float64(n+1))
	}
	return w
}
