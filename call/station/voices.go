package station

import (
	"context"
	"log/slog"
	"sync"

	"parley/assets/dsp"
	"parley/call/session"
	"parley/media/voice"
	"parley/media/voice/aec3"
	"parley/media/voice/blend"
	"parley/media/voice/rnnoise"
	"parley/media/voice/speex"
)

// The names of what can take out echo and noise.
const (
	byAEC3    = "aec3"
	byRNNoise = "rnnoise"
	bySpeex   = "speex"
)

// voices makes the heavy stages of a voice. What they are compiled of costs
// memory, and some 100 ms to make: it is kept ready while a call is near.
type voices struct {
	log         *slog.Logger
	cancellers  []way[voice.Canceller] // best first
	suppressors []way[voice.Suppressor]
	programs    map[session.Stage]program // of the stages that are compiled

	preparing sync.WaitGroup
	prepared  []func() error // let go of what is kept ready
}

// way is one way to make a stage.
type way[S any] struct {
	name string
	make func() (S, error)
}

// program is what stages are compiled of.
type program interface {
	ready() (release func() error, err error)
}

func newVoices(log *slog.Logger) *voices {
	v := &voices{log: log, programs: map[session.Stage]program{}}
	if module, ok := dsp.AEC3(); ok {
		v.addAEC3(module)
	}
	if module, ok := dsp.RNNoise(); ok {
		v.addRNNoise(module)
	}
	v.cancellers = append(v.cancellers, way[voice.Canceller]{bySpeex, func() (voice.Canceller, error) { return speex.NewCanceller() }})
	v.suppressors = append(v.suppressors, way[voice.Suppressor]{bySpeex, func() (voice.Suppressor, error) { return speex.NewSuppressor() }})
	return v
}

func (v *voices) addAEC3(module []byte) {
	c := &compiled[*aec3.Loader]{compile: func() (*aec3.Loader, error) { return aec3.Load(context.Background(), module) }}
	v.programs[session.Echo] = c
	v.cancellers = append(v.cancellers, way[voice.Canceller]{byAEC3, func() (voice.Canceller, error) {
		s, shut, err := stage(c, func(l *aec3.Loader) (*aec3.Canceller, error) { return l.New(context.Background()) })
		return canceller{s, shut}, err
	}})
}

// addRNNoise adds RNNoise, blended with speexdsp's suppressor, which spares speech
// that RNNoise takes for noise.
func (v *voices) addRNNoise(module []byte) {
	c := &compiled[*rnnoise.Loader]{compile: func() (*rnnoise.Loader, error) { return rnnoise.Load(context.Background(), module) }}
	v.programs[session.Noise] = c
	v.suppressors = append(v.suppressors, way[voice.Suppressor]{byRNNoise, func() (voice.Suppressor, error) {
		s, shut, err := stage(c, func(l *rnnoise.Loader) (*rnnoise.Suppressor, error) { return l.New(context.Background()) })
		if err != nil {
			return nil, err
		}
		thorough := suppressor{s, shut}
		if careful, err := speex.NewSuppressor(); err == nil {
			return blend.New(thorough, careful), nil
		}
		return thorough, nil // by itself it is the next best
	}})
}

// canceller and suppressor let go of what they are made of.
type (
	canceller struct {
		voice.Canceller
		shut func() error
	}
	suppressor struct {
		voice.Suppressor
		shut func() error
	}
)

// Close implements voice.Canceller.
func (c canceller) Close() error { return c.shut() }

// Close implements voice.Suppressor.
func (s suppressor) Close() error { return s.shut() }

// options are what a chain is made of.
func (v *voices) options() voice.Options {
	return voice.Options{Cancellers: makers(v.cancellers), Suppressors: makers(v.suppressors), Log: v.log}
}

func makers[S any](ways []way[S]) []func() (S, error) {
	out := make([]func() (S, error), len(ways))
	for i, w := range ways {
		out[i] = w.make
	}
	return out
}

// nameOf tells which way the stage in use was made, "" without one.
func nameOf[S any](ways []way[S], r voice.StageReading) string {
	if r.Name == "" || r.Rank < 0 || r.Rank >= len(ways) {
		return "" // a reading of no step yet has a rank all the same
	}
	return ways[r.Rank].name
}

// prepare compiles what the stages that are on will be made of, in the
// background. It may be called again after rest, from the same goroutine.
func (v *voices) prepare(s session.Sound) {
	v.preparing.Go(func() {
		for stage, p := range v.programs {
			if !s.On(stage) {
				continue
			}
			release, err := p.ready()
			if err != nil {
				v.log.Debug("not prepared", "err", err) // the chain tries again, and tells
				continue
			}
			v.prepared = append(v.prepared, release)
		}
	})
}

// rest lets go of what prepare has made.
func (v *voices) rest() {
	v.preparing.Wait()
	for _, release := range v.prepared {
		if err := release(); err != nil {
			v.log.Warn("what cleans voices was not freed", "err", err)
		}
	}
	v.prepared = nil
}
