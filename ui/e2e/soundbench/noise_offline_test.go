//go:build e2e

package soundbench

import (
	"fmt"
	"math"
	"testing"
	"time"

	"parley/media"
	"parley/media/quality"
	"parley/media/quality/room"
	"parley/media/voice"
)

const (
	noiseLength = 24 * time.Second
	noiseLead   = 3.0 // s that a suppressor may learn from
)

// quiet is a suppressor without anything else.
type quiet struct {
	suppressor voice.Suppressor
	near       voice.Step
}

func (q *quiet) step(near, _ *[media.StepSamples]int16) error {
	toStep(near, &q.near)
	if _, err := q.suppressor.Suppress(&q.near); err != nil {
		return err
	}
	fromStep(&q.near, near)
	return nil
}

func (q *quiet) Close() error { return q.suppressor.Close() }

// noiseVariants are the suppressors alone, and the whole chain of a call.
func noiseVariants(b *testing.B) []variant {
	b.Helper()
	var alone, chains []variant
	cancel := cancellers(b)[:1]
	for _, s := range suppressors(b) {
		alone = append(alone, variant{s.name, func(b *testing.B) processor {
			b.Helper()
			suppressor, err := s.make()
			if err != nil {
				b.Fatal(err)
			}
			return &quiet{suppressor: suppressor}
		}})
		if len(chains) > 0 {
			continue // the chain of a call is enough
		}
		chains = append(chains, variant{"chain with " + s.name, func(b *testing.B) processor {
			b.Helper()
			return newWhole(b, options(voice.Everything, cancel, []part[voice.Suppressor]{s}))
		}})
	}
	return append(alone, chains...)
}

// BenchmarkNoiseOffline measures what suppressors, and the whole chain, do to speech
// in noise, and to speech without it.
func BenchmarkNoiseOffline(b *testing.B) {
	talkers := [][]float64{spoken(b, man, noiseLength), spoken(b, woman, noiseLength)}
	noises := []struct {
		name  string
		sound func() room.Sound
	}{
		{"hiss", func() room.Sound { return room.NewWhite(1) }},
		{"fan", func() room.Sound { return room.NewFan(1) }},
		{"babble", func() room.Sound { return room.NewBabble(1) }},
		{"keyboard", func() room.Sound { return room.NewKeyboard(1) }},
	}
	variants := noiseVariants(b)
	for _, n := range noises {
		noise := room.Take(n.sound(), noiseLength.Seconds())
		for _, snr := range []float64{5, 15} {
			name := fmt.Sprintf("%s at %.0f dB", n.name, snr)
			for _, v := range variants {
				suppressed(b, label("Noise offline", name, v.name), talkers, noise, snr, func(_, noisy []float64) []float64 {
					return run(b, v, noisy, make([]float64, len(noisy)))
				})
			}
			suppressed(b, label("Noise offline", name, "ideal gains (limit)"), talkers, noise, snr, ideal)
		}
	}
	for _, v := range variants {
		spared(b, v, talkers)
	}
}

// ideal is the limit of what gains can do: Wiener's, in windows of 21 ms, from the
// very speech and noise that no suppressor knows.
func ideal(clean, noisy []float64) []float64 {
	const size = 1024
	f, window := quality.NewFourier(size), make([]float64, size)
	for i := range window {
		window[i] = math.Sin(math.Pi * (float64(i) + 0.5) / size)
	}
	power := func(v complex128) float64 { return real(v)*real(v) + imag(v)*imag(v) }
	out := make([]float64, len(clean))
	for at := 0; at+size <= len(clean); at += size / 2 {
		x, y := make([]complex128, size), make([]complex128, size)
		for i, w := range window {
			x[i], y[i] = complex(w*clean[at+i], 0), complex(w*noisy[at+i], 0)
		}
		f.Forward(x)
		f.Forward(y)
		for k := range y {
			y[k] *= complex(power(x[k])/max(power(x[k])+power(y[k]-x[k]), 1e-20), 0)
		}
		f.Inverse(y)
		for i, w := range window {
			out[at+i] += w * real(y[i])
		}
	}
	return out
}

// suppressed adds the rows of one noise, and of one way to take it out.
func suppressed(b *testing.B, name string, talkers [][]float64, noise []float64, snr float64, clear func(clean, noisy []float64) []float64) {
	b.Helper()
	var gained, pauses, wave, understood []float64
	for _, clean := range talkers {
		noisy, err := room.Mix(clean, noise, snr)
		if err != nil {
			b.Fatal(err)
		}
		before, after := judged(b, clean, noisy, noisy), judged(b, clean, noisy, clear(clean, noisy))
		gained = append(gained, after.ratio-before.ratio)
		pauses = append(pauses, before.pauses-after.pauses)
		wave = append(wave, after.wave-before.wave)
		understood = append(understood, after.stoi-before.stoi)
	}
	results.Add(name, "dB segmental SNR gained, of the parts", gained...)
	results.Add(name, "dB segmental SNR gained", wave...)
	results.Add(name, "dB gained, speech over pauses", pauses...)
	results.Add(name, "STOI gained", understood...)
}

// spared adds the rows of speech without noise.
func spared(b *testing.B, v variant, talkers [][]float64) {
	b.Helper()
	var wave, understood []float64
	for _, clean := range talkers {
		j := judged(b, clean, clean, run(b, v, clean, make([]float64, len(clean))))
		wave, understood = append(wave, j.wave), append(understood, j.stoi)
	}
	results.Add(label("Noise offline", "none", v.name), "dB segmental SNR, of distortion", wave...)
	results.Add(label("Noise offline", "none", v.name), "STOI", understood...)
}

// judgement is what can be said of processed speech.
type judgement struct {
	ratio  float64 // dB, segmental, of the talker's to the noise's part of what comes out
	wave   float64 // dB, segmental, against the clean speech as a steady filter would have passed it
	pauses float64 // dB, the level in pauses below that of speech, negative
	stoi   float64
}

// judged compares noisy speech, processed, with clean speech. Its delay does not
// count, and neither do its level and tone.
func judged(b *testing.B, clean, noisy, processed []float64) judgement {
	b.Helper()
	late, _, err := quality.Delay(clean, processed, 0, media.SampleRate/10)
	if err != nil {
		b.Fatal(err)
	}
	from, to := int(noiseLead*media.SampleRate), len(clean)-media.SampleRate/10
	x, y := clean[from:to], processed[from+late:to+late]
	noise := make([]float64, len(x))
	for i := range noise {
		noise[i] = noisy[from+i] - x[i]
	}
	measure := func(f func(clean, processed []float64, rate int) (float64, error), clean, processed []float64) float64 {
		value, err := f(clean, processed, media.SampleRate)
		if err != nil {
			b.Fatal(err)
		}
		return value
	}
	reference, err := quality.Matched(x, y, media.SampleRate)
	if err != nil {
		b.Fatal(err)
	}
	talkerOut, noiseOut, err := quality.Shadow(x, noise, y, media.SampleRate)
	if err != nil {
		b.Fatal(err)
	}
	ratio, err := quality.SegmentalRatio(x, talkerOut, noiseOut, media.SampleRate)
	if err != nil {
		b.Fatal(err)
	}
	return judgement{
		ratio:  ratio,
		wave:   measure(quality.SegmentalSNR, reference, y),
		pauses: quality.Decibels(measure(quality.PauseLevel, x, y) / measure(quality.SpeechLevel, x, y)),
		stoi:   measure(quality.STOI, x, y),
	}
}
