package station

import (
	"log/slog"
	"testing"

	"parley/call/session"
	"parley/media/voice"
)

// What the program is built with works, the best first.
func TestVoices_AreMade(t *testing.T) {
	v := newVoices(slog.New(slog.DiscardHandler))
	v.prepare(session.Sound{})
	cancellers, suppressors := names(v.cancellers), names(v.suppressors)
	if want := [...]string{byAEC3, bySpeex}; [2]string(cancellers) != want {
		t.Errorf("cancellers %v, want %v: is the program built after packaging/setup.sh?", cancellers, want)
	}
	if want := [...]string{byRNNoise, bySpeex}; [2]string(suppressors) != want {
		t.Errorf("suppressors %v, want %v", suppressors, want)
	}
	var near, far voice.Step
	for _, w := range v.cancellers {
		c, err := w.make()
		if err != nil {
			t.Fatalf("%s: %v", w.name, err)
		}
		if err := c.Cancel(&near, &far); err != nil {
			t.Errorf("%s: %v", w.name, err)
		}
		if err := c.Close(); err != nil {
			t.Errorf("%s: %v", w.name, err)
		}
	}
	for _, w := range v.suppressors {
		s, err := w.make()
		if err != nil {
			t.Fatalf("%s: %v", w.name, err)
		}
		if _, err := s.Suppress(&near); err != nil {
			t.Errorf("%s: %v", w.name, err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("%s: %v", w.name, err)
		}
	}
	v.rest()
}

func names[S any](ways []way[S]) (out []string) {
	for _, w := range ways {
		out = append(out, w.name)
	}
	return append(out, "", "")[:2]
}
