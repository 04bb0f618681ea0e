package voice

import (
	"errors"
	"log/slog"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/media"
)

type sound = [media.StepSamples]int16

var errMade = errors.New("made to fail")

// rig is a chain with what it hears and says.
type rig struct {
	*Chain
	t         testing.TB
	near, far sound
	biggest   float32 // step from sample to sample of what it says
	loudest   float32
	last      float32
	begun     bool
	sum       float64 // of what it says, squared, since forget
	count     int
}

func newRig(t testing.TB, o Options) *rig {
	t.Helper()
	r := &rig{Chain: New(o), t: t}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// hear processes one step.
func (r *rig) hear(near, far *Step) {
	toInt(near, &r.near)
	toInt(far, &r.far)
	r.Process(&r.near, &r.far)
	var out Step
	toFloat(&r.near, &out)
	for _, v := range out {
		if r.begun {
			r.biggest = max(r.biggest, v-r.last, r.last-v)
		}
		r.last, r.begun = v, true
		r.loudest = max(r.loudest, v, -v)
		r.sum += float64(v) * float64(v)
		r.count++
	}
}

// run processes so many seconds.
func (r *rig) run(seconds float64, near source) {
	var s, quiet Step
	for range int(seconds * float64(stepsASecond)) {
		near.next(&s)
		r.hear(&s, &quiet)
	}
}

func (r *rig) forget() { r.biggest, r.loudest, r.sum, r.count = 0, 0, 0, 0 }

// level returns the dBFS of what was said since forget.
func (r *rig) level() float32 {
	return Decibels(float32(math.Sqrt(r.sum / float64(max(r.count, 1)))))
}

func TestChain_NothingChangesNothing(t *testing.T) {
	r := newRig(t, Options{})
	for v := -32768; v < 32768; v += len(r.near) {
		for i := range r.near {
			r.near[i] = int16(min(v+i, 32767))
		}
		want := r.near
		r.Process(&r.near, &r.far)
		if r.near != want {
			t.Fatalf("the sound changed at %d", v)
		}
	}
	r.near, r.far = [480]int16{}, [480]int16{}
	r.Process(&r.near, &r.far)
	if got := r.Read(); got.Steps == 0 || got.Peak != 0 || got.Canceller.Rank != -1 || got.Suppressor.Rank != -1 || got.Before.Peak < 0.9 {
		t.Errorf("read %+v", got)
	}
}

func TestChain_StagesInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var cancelled, suppressed Step
		var farther float32
		c := &stage{cancel: func(near, far *Step) {
			cancelled, farther = *near, far[0]
			*near = Step{0: 0.5}
		}}
		s := &stage{change: func(s *Step) {
			suppressed = *s
			*s = Step{0: 3, 1: -3, 479: 0.1}
		}}
		r := newRig(t, Options{Settings: Everything, Cancellers: cancellers(c), Suppressors: suppressors(s)})
		synctest.Wait()
		var near, far Step
		for i := range near {
			near[i], far[i] = 0.5, 0.25
		}
		for range 200 {
			r.hear(&near, &far)
		}
		if cancelled[0] > 0.01 || cancelled[0] < -0.01 {
			t.Errorf("the canceller heard a level of %v: the high-pass is not before it", cancelled[0])
		}
		if farther != 0.25 {
			t.Errorf("the canceller heard %v from the loudspeaker", farther)
		}
		if suppressed != (Step{0: 0.5}) {
			t.Error("the suppressor did not hear what the canceller left")
		}
		if peak := float32(r.near[0]) / fullScale; peak < 0.8 || peak > limitCeiling {
			t.Errorf("the limiter let %v pass", peak)
		}
		got := r.Read()
		if got.Canceller.Name != "voice" || got.Canceller.Rank != 0 || got.Suppressor.Rank != 0 || got.Limiting <= 0 {
			t.Errorf("read %+v", got)
		}
	})
}

func TestChain_FallsBackWhenMaking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		last := &stage{}
		no := func() (Canceller, error) { return nil, errMade }
		r := newRig(t, Options{
			Settings:    Settings{Echo: true, Noise: true},
			Cancellers:  append([]func() (Canceller, error){no, no}, cancellers(last)...),
			Suppressors: []func() (Suppressor, error){func() (Suppressor, error) { return nil, errMade }},
		})
		synctest.Wait()
		r.run(0.1, silence{})
		got := r.Read()
		if got.Canceller.Rank != 2 || got.Canceller.Failures != 2 || got.Suppressor.Rank != -1 || got.Suppressor.Failures != 1 {
			t.Errorf("read %+v", got)
		}
	})
}

// TestChain_FallsBackWhileRunning lets stages that turn the sound around fail, and
// listens for clicks.
func TestChain_FallsBackWhileRunning(t *testing.T) {
	turn := func(s *Step) {
		for i := range s {
			s[i] *= -0.7
		}
	}
	spoil := func(v float32) func(s *Step) {
		n := 0
		return func(s *Step) {
			if turn(s); n == 99 {
				s[240] = v
			}
			n++
		}
	}
	tests := map[string]func() *stage{
		"error": func() *stage {
			return &stage{change: turn, fail: func(call int) error {
				if call == 100 {
					return errMade
				}
				return nil
			}}
		},
		"not a number": func() *stage { return &stage{change: spoil(float32(math.NaN()))} },
		"infinite":     func() *stage { return &stage{change: spoil(float32(math.Inf(-1)))} },
		"absurd":       func() *stage { return &stage{change: spoil(1e20)} },
	}
	for name, failing := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				first, second, third := failing(), failing(), failing()
				r := newRig(t, Options{
					Settings:   Settings{Echo: true, Noise: true},
					Cancellers: cancellers(first, second), Suppressors: suppressors(third),
				})
				synctest.Wait()
				s := &tone{frequency: 440, amplitude: 0.5}
				for range 40 {
					r.run(0.1, s)
					synctest.Wait()
				}
				got := r.Read()
				if got.Canceller.Rank != -1 || got.Canceller.Failures != 2 || got.Suppressor.Rank != -1 || got.Suppressor.Failures != 1 {
					t.Errorf("read %+v", got)
				}
				if first.closed != 1 || second.closed != 1 || third.closed != 1 {
					t.Errorf("closed %d, %d, %d times", first.closed, second.closed, third.closed)
				}
				if first.calls != 100 || second.calls != 100 {
					t.Errorf("called %d and %d times", first.calls, second.calls)
				}
				// A sine of 440 Hz goes by 0.029 a sample at most.
				if r.biggest > 0.04 {
					t.Errorf("a step of %v from sample to sample", r.biggest)
				}
			})
		})
	}
}

func TestSlot_TriesTheBestAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries, best, other := 0, &stage{}, &stage{}
		s := newSlot("canceller", []func() (Canceller, error){
			func() (Canceller, error) {
				if tries++; tries < 4 {
					return nil, errMade
				}
				return best, nil
			},
			func() (Canceller, error) { return other, nil },
		}, func(Canceller, *Step) (float32, error) { return unknown, nil }, slog.New(slog.DiscardHandler))
		defer s.close()
		s.want(true)
		synctest.Wait()
		var at []int
		for second := range 400 {
			before := tries
			for range stepsASecond {
				s.step(true, &Step{})
			}
			synctest.Wait()
			if tries != before {
				at = append(at, second)
			}
		}
		// 30 s, then twice as long each time.
		if len(at) != 3 || at[0] < 29 || at[0] > 31 || at[1]-at[0] != 60 || at[2]-at[1] != 120 {
			t.Errorf("tried again after %v s", at)
		}
		if got := s.reading(); got.Rank != 0 || other.closed != 1 || best.closed != 0 {
			t.Errorf("read %+v, the other was closed %d times", got, other.closed)
		}
	})
}

// TestChain_MakingStallsNothing makes a canceller that takes an hour.
func TestChain_MakingStallsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &stage{}
		r := newRig(t, Options{Settings: Settings{Echo: true}, Cancellers: []func() (Canceller, error){
			func() (Canceller, error) {
				<-time.After(time.Hour) // of the bubble
				return s, nil
			},
		}})
		began := time.Now()
		r.run(10, silence{})
		if got := r.Read(); got.Canceller.Rank != -1 || time.Since(began) != 0 {
			t.Errorf("read %+v after %v", got, time.Since(began))
		}
		<-time.After(time.Hour)
		synctest.Wait()
		r.run(0.1, silence{})
		if got := r.Read(); got.Canceller.Rank != 0 {
			t.Errorf("read %+v", got)
		}
	})
}

func TestChain_CloseWaitsForWhatIsMade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, second := &stage{onClose: errMade}, 0
		c := New(Options{Settings: Settings{Noise: true}, Suppressors: []func() (Suppressor, error){
			func() (Suppressor, error) {
				<-time.After(time.Second) // of the bubble
				return nil, errMade
			},
			func() (Suppressor, error) { second++; return s, nil },
		}})
		synctest.Wait()
		began := time.Now()
		for range 2 {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}
		if time.Since(began) != time.Second || second != s.closed {
			t.Errorf("closed after %v, made %d, closed %d", time.Since(began), second, s.closed)
		}
		near := sound{1, 2, 3}
		c.Process(&near, &sound{})
		if near != (sound{1, 2, 3}) {
			t.Error("a closed chain changed the sound")
		}
	})
}

func TestChain_DoesNotAllocate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{
			Settings:   Everything,
			Cancellers: cancellers(&stage{}), Suppressors: suppressors(&stage{}),
		})
		synctest.Wait()
		s := newTalker(120, -20)
		r.run(1, s)
		var near Step
		if n := testing.AllocsPerRun(500, func() {
			s.next(&near)
			r.hear(&near, &near)
			_ = r.Read()
		}); n != 0 {
			t.Errorf("%v allocations", n)
		}
	})
}

func TestChain_NamesStages(t *testing.T) {
	if got := packageOf(&strings.Builder{}); got != "strings" {
		t.Error(got)
	}
}
