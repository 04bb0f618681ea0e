package quality

import "fmt"

// matchTaps is the length of the filter of Matched, in seconds, half of it to
// either side.
const matchTaps = 0.016

// Matched returns clean as a linear and steady processor would have passed it:
// through the filter of 16 ms that brings it nearest to processed, in the sense of
// least squares. Against that a processor is judged by what it added and by what it
// did from one moment to the next, and not by its delay, level and tone. It is the
// allowed distortion of E. Vincent, R. Gribonval, C. Févotte, "Performance
// Measurement in Blind Audio Source Separation", IEEE TASLP 14(4), 2006. The
// signals are aligned within a few milliseconds.
func Matched(clean, processed []float64, rate int) ([]float64, error) {
	if err := check(clean, processed); err != nil {
		return nil, fmt.Errorf("matching a clean signal: %w", err)
	}
	taps := int(matchTaps*float64(rate)) | 1
	if len(clean) < 4*taps {
		return nil, fmt.Errorf("matching a clean signal: %w", ErrShort)
	}
	half := taps / 2
	own := correlate(clean, cut(clean, 0, len(clean)+taps-1))
	cross := correlate(clean, cut(processed, -half, len(processed)+half))
	if own[0] == 0 {
		return nil, fmt.Errorf("matching a clean signal: %w", ErrShort)
	}
	own[0] *= 1 + 1e-6 // bands without any sound have no say
	return convolve(clean, levinson(own[:taps], cross[:taps]), half), nil
}

// levinson solves the normal equations of a filter, of which own is the
// autocorrelation of its input and cross the correlation of its input with what it
// should put out (N. Levinson, 1947).
func levinson(own, cross []float64) []float64 {
	n := len(own)
	filter, predictor, previous := make([]float64, n), make([]float64, n), make([]float64, n)
	left := own[0]
	predictor[0] = 1
	filter[0] = cross[0] / left
	for m := 1; m < n; m++ {
		reflection := 0.0
		for i := range m {
			reflection -= predictor[i] * own[m-i]
		}
		reflection /= left
		copy(previous, predictor[:m])
		for i := 1; i <= m; i++ {
			predictor[i] += reflection * previous[m-i]
		}
		left *= 1 - reflection*reflection
		wanted := cross[m]
		for i := range m {
			wanted -= filter[i] * own[m-i]
		}
		wanted /= left
		for i := range m + 1 {
			filter[i] += wanted * predictor[m-i]
		}
	}
	return filter
}

// convolve filters a signal and returns what is at most lead samples ahead of it,
// as long as the signal.
func convolve(signal, filter []float64, lead int) []float64 {
	// A convolution is a correlation with the filter turned around; blocks keep
	// the transforms small.
	turned := make([]float64, len(filter))
	for i, v := range filter {
		turned[len(filter)-1-i] = v
	}
	out, c := make([]float64, 0, len(signal)), correlator{}
	block := max(4096, 8*len(filter))
	for at := 0; at < len(signal); at += block {
		end := min(len(signal), at+block)
		from := at + lead - len(filter) + 1
		out = append(out, c.correlate(turned, cut(signal, from, end+lead))...)
	}
	return out
}
