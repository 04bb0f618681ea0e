package playout

import "math"

// Speech repeats itself every pitch period. Where two stretches of sound, a
// period apart, are alike, one period can be taken out or put in twice, with a
// cross-fade, and nobody hears it. This is the time-domain overlap-add with
// synchronisation of Verhelst and Roelands (WSOLA, ICASSP 1993) at one place.
const (
	seam        = 240 // samples cross-faded, 5 ms
	shortestLag = 120 // 2.5 ms
	longestLag  = 720 // 15 ms

	// What is compared reaches from template samples before the seam to its end,
	// so that a whole pitch period counts and not a formant alone.
	template = 240
	compared = template + seam

	thin = 6 // the first search looks at the mean of six samples: 8 kHz
)

// likeness compares stretches of sound. It holds scratch space only.
type likeness struct {
	thinned [(template + seam + longestLag) / thin]float32
}

// search returns the lag, no less than least and no more than most (which lie
// between shortestLag and longestLag), at which the compared samples at here are
// most like those lag samples on, and how alike: 1 is the same but for loudness, 0
// unrelated. forward says where on is. Samples up to compared+most behind (or
// before) here are read.
func (l *likeness) search(pcm []int16, here, least, most int, forward bool) (lag int, alike float32) {
	const width = compared / thin
	from, anchor := here, 0
	n := most/thin + width
	if !forward {
		anchor = most / thin
		from = here - anchor*thin
	}
	thinned := l.thinned[:n]
	average(thinned, pcm[from:])
	at := l.coarse(thinned, anchor, (least+thin-1)/thin, most/thin, forward)
	return refine(pcm, here, min(max(at*thin, least), most), least, most, forward)
}

// coarse returns the best lag, in thinned samples.
func (l *likeness) coarse(pcm []float32, anchor, least, most int, forward bool) (at int) {
	const width = compared / thin
	step := -1
	if forward {
		step = 1
	}
	here := pcm[anchor : anchor+width]
	start := anchor + step*least
	power := float64(dot(pcm[start:start+width], pcm[start:start+width]))
	best, at := -1.0, least
	for lag := least; lag <= most; lag++ {
		from := anchor + step*lag
		cross := float64(dot(here, pcm[from:from+width]))
		// To order lags the square of the correlation will do.
		if c := cross * max(cross, -cross) / max(power, 1); c > best {
			best, at = c, lag
		}
		if lag < most {
			gone, come := from+width-1, from-1
			if forward {
				gone, come = from, from+width
			}
			power += float64(pcm[come]*pcm[come]) - float64(pcm[gone]*pcm[gone])
		}
	}
	return at
}

// refine finds the best lag around at to the sample.
func refine(pcm []int16, here, at, least, most int, forward bool) (lag int, alike float32) {
	best, lag := float32(-2), at
	for d := max(at-thin+1, least); d < at+thin && d <= most; d++ {
		other := here + d
		if !forward {
			other = here - d
		}
		if c := resemblance(pcm[here:here+compared], pcm[other:other+compared]); c > best {
			best, lag = c, d
		}
	}
	return lag, best
}

// average fills out with the means of every thin samples of pcm.
func average(out []float32, pcm []int16) {
	pcm = pcm[:len(out)*thin]
	for i := range out {
		p := pcm[i*thin : i*thin+thin : i*thin+thin]
		out[i] = float32(int32(p[0]) + int32(p[1]) + int32(p[2]) + int32(p[3]) + int32(p[4]) + int32(p[5]))
	}
}

// resemblance returns the normalised cross-correlation of a and b, of which it
// looks at every third sample.
func resemblance(a, b []int16) float32 {
	b = b[:len(a)]
	var ab, aa, bb int64
	for i := 0; i < len(a); i += 3 {
		x, y := int64(a[i]), int64(b[i])
		ab += x * y
		aa += x * x
		bb += y * y
	}
	return normalised(float32(ab), float32(aa), float32(bb))
}

func normalised(ab, aa, bb float32) float32 {
	if aa == 0 || bb == 0 {
		return 0
	}
	return ab / float32(math.Sqrt(float64(aa)*float64(bb)))
}

// fader holds the gains that cross-fade so that the loudness stays, however alike the two sides are:
// in amplitude where they are the same, in power where they are unrelated.
type fader [seam]struct{ out, in float32 }

// set makes the fader fit for sides that are alike by that much.
func (f *fader) set(alike float32) {
	alike = min(max(alike, 0), 1)
	for i := range f {
		in := (float32(i) + 0.5) / seam
		out := 1 - in
		scale := 1 / float32(math.Sqrt(float64(out*out+in*in+2*out*in*alike)))
		f[i].out, f[i].in = out*scale, in*scale
	}
}

func clip(v float32) int16 { return int16(min(max(v, math.MinInt16), math.MaxInt16)) }

// level returns the root mean square of pcm.
func level(pcm []int16) float32 {
	if len(pcm) == 0 {
		return 0
	}
	return float32(math.Sqrt(float64(energy(pcm)) / float64(len(pcm))))
}

// energy returns the sum of the squares of pcm.
func energy(pcm []int16) (sum int64) {
	for _, v := range pcm {
		sum += int64(v) * int64(v)
	}
	return sum
}
