//go:build e2e

package soundbench

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"parley/assets/dsp"
	"parley/media"
	"parley/media/quality"
	"parley/media/voice"
	"parley/media/voice/aec3"
	"parley/media/voice/blend"
	"parley/media/voice/rnnoise"
	"parley/media/voice/speex"
	"parley/ui/e2e/lab"
)

// processor is what stands between a microphone and who hears it.
type processor interface {
	// step changes near in place; far is what the loudspeaker was handed with it.
	step(near, far *[media.StepSamples]int16) error
	Close() error
}

// variant is a processor that is compared with others.
type variant struct {
	name string
	make func(b *testing.B) processor
}

// part makes a stage of a chain.
type part[S any] struct {
	name string
	make func() (S, error)
}

// cancellers are the cancellers that can be had, best first.
func cancellers(b *testing.B) []part[voice.Canceller] {
	b.Helper()
	loader, err := aec3.Load(b.Context(), fetched(b, dsp.AEC3))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = loader.Close() })
	return []part[voice.Canceller]{
		{"aec3", func() (voice.Canceller, error) { return loader.New(b.Context()) }},
		{"speex", func() (voice.Canceller, error) { return speex.NewCanceller() }},
	}
}

// suppressors are the suppressors that can be had, best first.
func suppressors(b *testing.B) []part[voice.Suppressor] {
	b.Helper()
	loader, err := rnnoise.Load(b.Context(), fetched(b, dsp.RNNoise))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = loader.Close() })
	return []part[voice.Suppressor]{
		{"blend", func() (voice.Suppressor, error) {
			thorough, err := loader.New(b.Context())
			if err != nil {
				return nil, err
			}
			careful, err := speex.NewSuppressor()
			if err != nil {
				return nil, errors.Join(err, thorough.Close())
			}
			return blend.New(thorough, careful), nil
		}},
		{"rnnoise", func() (voice.Suppressor, error) { return loader.New(b.Context()) }},
		{"speex", func() (voice.Suppressor, error) { return speex.NewSuppressor() }},
	}
}

func fetched(b *testing.B, module func() ([]byte, bool)) []byte {
	b.Helper()
	code, ok := module()
	if !ok {
		b.Fatal("the program was built without its modules: run packaging/setup.sh")
	}
	return code
}

// options are those of a chain.
func options(settings voice.Settings, cancellers []part[voice.Canceller], suppressors []part[voice.Suppressor]) voice.Options {
	o := voice.Options{Settings: settings}
	for _, c := range cancellers {
		o.Cancellers = append(o.Cancellers, c.make)
	}
	for _, s := range suppressors {
		o.Suppressors = append(o.Suppressors, s.make)
	}
	return o
}

// alone is a canceller without anything else.
type alone struct {
	canceller voice.Canceller
	near, far voice.Step
}

func (a *alone) step(near, far *[media.StepSamples]int16) error {
	toStep(near, &a.near)
	toStep(far, &a.far)
	if err := a.canceller.Cancel(&a.near, &a.far); err != nil {
		return err
	}
	fromStep(&a.near, near)
	return nil
}

func (a *alone) Close() error { return a.canceller.Close() }

func toStep(in *[media.StepSamples]int16, out *voice.Step) {
	for i, s := range in {
		out[i] = float32(s) / 32768
	}
}

func fromStep(in *voice.Step, out *[media.StepSamples]int16) {
	for i, v := range in {
		out[i] = int16(math.Round(float64(min(max(v*32768, -32768), 32767))))
	}
}

// whole is a voice.Chain.
type whole struct{ *voice.Chain }

func (w whole) step(near, far *[media.StepSamples]int16) error {
	w.Process(near, far)
	return nil
}

// newWhole makes a chain and waits until its stages are made.
func newWhole(b *testing.B, o voice.Options) processor {
	b.Helper()
	w := whole{voice.New(o)}
	for until := time.Now().Add(10 * time.Second); ; lab.Pass(b.Context(), time.Millisecond) {
		var near, far [media.StepSamples]int16
		w.Process(&near, &far)
		r := w.Read()
		if (r.Canceller.Name != "" || len(o.Cancellers) == 0) && (r.Suppressor.Name != "" || len(o.Suppressors) == 0) {
			return w
		}
		if time.Now().After(until) {
			b.Fatalf("the chain's stages are not made: %+v, %+v", r.Canceller, r.Suppressor)
		}
	}
}

// run processes whole signals, as long as near.
func run(b *testing.B, v variant, near, far []float64) []float64 {
	b.Helper()
	p := v.make(b)
	defer func() { _ = p.Close() }()
	in, played := quality.Samples(near), quality.Samples(far)
	out := make([]int16, 0, len(in))
	for at := 0; at+media.StepSamples <= len(in); at += media.StepSamples {
		var n, f [media.StepSamples]int16
		copy(n[:], in[at:])
		copy(f[:], played[at:])
		if err := p.step(&n, &f); err != nil {
			b.Fatal(err)
		}
		out = append(out, n[:]...)
	}
	for len(out) < len(in) {
		out = append(out, 0)
	}
	return quality.Floats(out)
}

// spoken is speech at -23 dB of full scale while there is any.
func spoken(b *testing.B, voice string, length time.Duration) []float64 {
	b.Helper()
	out := quality.Floats(speech(b, voice, length))
	level, err := quality.SpeechLevel(out, out, media.SampleRate)
	if err != nil {
		b.Fatal(err)
	}
	return amplified(out, -23-quality.Decibels(level))
}

func amplified(signal []float64, decibels float64) []float64 {
	gain := math.Pow(10, decibels/20)
	out := make([]float64, len(signal))
	for i, s := range signal {
		out[i] = gain * s
	}
	return out
}

func sum(a, c []float64) []float64 {
	out := make([]float64, len(a))
	for i := range a {
		out[i] = a[i] + c[i]
	}
	return out
}

// span is a part of a signal, in seconds.
func span(signal []float64, from, to float64) []float64 {
	return signal[int(from*media.SampleRate):int(to*media.SampleRate)]
}

func label(kind, what, name string) string { return fmt.Sprintf("%s, %s: %s", kind, what, name) }
