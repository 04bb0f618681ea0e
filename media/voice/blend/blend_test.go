package blend

import (
	"errors"
	"testing"

	"parley/media/voice"
)

var _ voice.Suppressor = (*Suppressor)(nil)

// fake leaves a level of its own.
type fake struct {
	level, speech float32
	err           error
	closed        int
}

func (f *fake) Suppress(step *voice.Step) (float32, error) {
	for i := range step {
		step[i] *= f.level
	}
	return f.speech, f.err
}

func (f *fake) Close() error {
	f.closed++
	return f.err
}

func steady() (step voice.Step) {
	for i := range step {
		step[i] = 1
	}
	return step
}

func after(t *testing.T, s *Suppressor, steps int) voice.Step {
	t.Helper()
	var step voice.Step
	for range steps {
		step = steady()
		if _, err := s.Suppress(&step); err != nil {
			t.Fatal(err)
		}
	}
	return step
}

func TestSuppress_ThoroughInPausesCarefulInSpeech(t *testing.T) {
	thorough, careful := &fake{level: 0}, &fake{level: 0.75, speech: 0.5}
	s := New(thorough, careful)
	if step := after(t, s, 3); step[0] != 0 || step[479] != 0 {
		t.Errorf("in a pause it is %v to %v, want the thorough one's 0", step[0], step[479])
	}
	thorough.speech = 1
	if step := after(t, s, 2); step[240] < 0.49 || step[240] > 0.51 {
		t.Errorf("in speech it is %v, want two thirds of the careful one's 0.75", step[240])
	}
	step := steady()
	if speech, _ := s.Suppress(&step); speech != 1 {
		t.Errorf("speech is %v, want what the thorough one says", speech)
	}
	thorough.speech = 0
	if step := after(t, s, 5); step[240] < 0.2 {
		t.Errorf("50 ms after speech it is %v: words are cut off", step[240])
	}
	if step := after(t, s, 50); step[240] > 0.01 {
		t.Errorf("550 ms after speech it is %v: noise is back", step[240])
	}
}

func TestSuppress_HasNoSteps(t *testing.T) {
	thorough := &fake{}
	s := New(thorough, &fake{level: 1})
	last := float32(0)
	for n := range 40 {
		thorough.speech = []float32{0, 1, 0.3, 7, -1}[n/4%5]
		for i, v := range after(t, s, 1) {
			if d := v - last; d > 0.005 || d < -0.005 || v < 0 || v > 1 {
				t.Fatalf("sample %d of step %d goes from %v to %v", i, n, last, v)
			}
			last = v
		}
	}
}

func TestSuppress_ErrorsOfEither(t *testing.T) {
	broken := errors.New("broken")
	for _, s := range []*Suppressor{New(&fake{err: broken}, &fake{}), New(&fake{}, &fake{err: broken})} {
		step := steady()
		if _, err := s.Suppress(&step); !errors.Is(err, broken) {
			t.Errorf("the error of one is %v", err)
		}
		if err := s.Close(); !errors.Is(err, broken) {
			t.Errorf("the error of closing one is %v", err)
		}
		if s.thorough.(*fake).closed != 1 || s.careful.(*fake).closed != 1 {
			t.Error("not both were closed")
		}
	}
}

func TestSuppress_AllocatesNothing(t *testing.T) {
	s := New(&fake{speech: 1}, &fake{})
	step := steady()
	if n := testing.AllocsPerRun(100, func() {
		if _, err := s.Suppress(&step); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("a step allocates %v times", n)
	}
}
