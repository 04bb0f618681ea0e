package audio

import (
	"testing"
	"testing/synctest"
	"time"

	"parley/media/voice"
)

// stage is a canceller that is counted.
type stage struct{ open *int }

func (s stage) Cancel(_, _ *voice.Step) error { return nil }

func (s stage) Close() error {
	*s.open--
	return nil
}

// What the voice passes through costs memory: it is given back between calls, with
// its switches kept.
func TestEngine_AtRest_HoldsNoStages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		open, made := 0, 0
		r := newRig(t, Options{Voice: voice.Options{Cancellers: []func() (voice.Canceller, error){
			func() (voice.Canceller, error) {
				open++
				made++
				return stage{&open}, nil
			},
		}}})
		defer r.close()
		r.engine.Process(voice.Settings{Echo: true})
		for call := 1; call <= 3; call++ {
			r.engine.Use(true, true)
			r.wait(2 * time.Second)
			if read := r.engine.Reading().Voice; open != 1 || made != call || read.Canceller.Name == "" {
				t.Errorf("in call %d: %d stages are open, %d were made, reading %+v", call, open, made, read.Canceller)
			}
			r.engine.Use(false, call%2 == 0)
			r.wait(time.Second)
			if read := r.engine.Reading().Voice; open != 0 || read != (voice.Reading{}) {
				t.Errorf("after call %d: %d stages are open, reading %+v", call, open, read)
			}
		}
	})
}
