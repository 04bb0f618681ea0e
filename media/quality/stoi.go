package quality

import (
	"fmt"
	"math"
)

// Segments of STOI, and how far a processed band may lie above the clean one:
// a signal to distortion ratio of -15 dB at the least.
const (
	stoiSegment = 30 // frames, 384 ms
	stoiClip    = -15.0
)

// STOI returns how intelligible processed speech is, by the short-time objective
// intelligibility measure of Taal and others (2011): nearly 0 for noise, 1 for
// the clean speech itself. Both signals have the same rate, 8000 to 192000
// samples a second, and are aligned; at least 0.4 s of clean must be speech.
func STOI(clean, processed []float64, rate int) (float64, error) {
	x, y, err := stoiSignals(clean, processed, rate)
	if err != nil {
		return 0, fmt.Errorf("measuring STOI: %w", err)
	}
	xb, yb := analyse(x), analyse(y)
	var score mean
	for j := range stoiBands {
		for m := stoiSegment; m <= xb.frames(); m++ {
			if d, ok := bandScore(xb[j][m-stoiSegment:m], yb[j][m-stoiSegment:m]); ok {
				score.add(d)
			}
		}
	}
	if score.count == 0 {
		return 0, fmt.Errorf("measuring STOI: %w", ErrShort)
	}
	return score.value(), nil
}

// stoiSignals brings both signals to the measure's rate and takes out silence.
func stoiSignals(clean, processed []float64, rate int) (x, y []float64, err error) {
	if err := check(clean, processed); err != nil {
		return nil, nil, err
	}
	if rate < minRate || rate > maxRate {
		return nil, nil, fmt.Errorf("%w: %d", ErrRate, rate)
	}
	if rate != stoiRate {
		clean, processed = Resample(clean, rate, stoiRate), Resample(processed, rate, stoiRate)
	}
	x, y = withoutSilence(clean, processed)
	if frameCount(len(x)) < stoiSegment {
		return nil, nil, ErrShort
	}
	return x, y, nil
}

// bandScore is the correlation of a clean segment of one band with the processed
// one, after that was scaled to the same energy and clipped (equations 3 to 5).
// A band without clean sound says nothing.
func bandScore(x, y []float64) (score float64, ok bool) {
	ex, ey := energy(x), energy(y)
	if ex == 0 {
		return 0, false
	}
	if ey == 0 {
		return 0, true
	}
	alpha, limit := math.Sqrt(ex/ey), 1+math.Pow(10, -stoiClip/20)
	var clipped [stoiSegment]float64
	for n := range y {
		clipped[n] = min(alpha*y[n], limit*x[n])
	}
	return correlation(x, clipped[:]), true
}

// correlation is the sample correlation coefficient, 0 where one does not vary.
func correlation(x, y []float64) float64 {
	var mx, my float64
	for n := range x {
		mx += x[n]
		my += y[n]
	}
	mx, my = mx/float64(len(x)), my/float64(len(y))
	var xx, yy, xy float64
	for n := range x {
		a, b := x[n]-mx, y[n]-my
		xx += a * a
		yy += b * b
		xy += a * b
	}
	if xx == 0 || yy == 0 {
		return 0
	}
	return xy / math.Sqrt(xx*yy)
}

// ESTOI returns how intelligible processed speech is, by the extended measure of
// J. Jensen, C. H. Taal, "An Algorithm for Predicting the Intelligibility of
// Speech Masked by Modulated Noise Maskers", IEEE/ACM Transactions on Audio,
// Speech, and Language Processing 24(11), 2016. It judges spectral correlation
// too, and so maskers that come and go. Arguments and errors are as of STOI.
func ESTOI(clean, processed []float64, rate int) (float64, error) {
	x, y, err := stoiSignals(clean, processed, rate)
	if err != nil {
		return 0, fmt.Errorf("measuring ESTOI: %w", err)
	}
	xb, yb := analyse(x), analyse(y)
	var score mean
	for m := stoiSegment; m <= xb.frames(); m++ {
		a, b := normalized(xb, m), normalized(yb, m)
		sum := 0.0
		for n := range a {
			for j := range stoiBands {
				sum += a[n][j] * b[n][j]
			}
		}
		score.add(sum / stoiSegment)
	}
	return score.value(), nil
}

// normalized returns the segment that ends before frame end, by columns: first
// each band, then each frame is brought to a mean of 0 and a length of 1.
func normalized(b *bands, end int) [stoiSegment][stoiBands]float64 {
	var out [stoiSegment][stoiBands]float64
	for j := range stoiBands {
		var row [stoiSegment]float64
		copy(row[:], b[j][end-stoiSegment:end])
		normalize(row[:])
		for n, v := range row {
			out[n][j] = v
		}
	}
	for n := range out {
		normalize(out[n][:])
	}
	return out
}

// normalize takes out the mean and brings to a length of 1; what does not vary
// becomes 0.
func normalize(v []float64) {
	m := 0.0
	for _, s := range v {
		m += s
	}
	m /= float64(len(v))
	sum := 0.0
	for i := range v {
		v[i] -= m
		sum += v[i] * v[i]
	}
	scale := 0.0
	if sum > 0 {
		scale = 1 / math.Sqrt(sum)
	}
	for i := range v {
		v[i] *= scale
	}
}

// mean is an average that grows.
type mean struct {
	sum   float64
	count int
}

func (m *mean) add(v float64) { m.sum += v; m.count++ }

// value is 0 of nothing.
func (m *mean) value() float64 {
	if m.count == 0 {
		return 0
	}
	return m.sum / float64(m.count)
}
