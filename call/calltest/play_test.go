package calltest

import (
	"strings"
	"testing"

	"parley/call"
	"parley/signaling"
)

func TestPlayRefuses(t *testing.T) {
	for script, want := range map[string]string{
		"ann sings\n":                       `line 1: nobody knows what "ann sings" means`,
		"zoe dials\n":                       `line 1: nobody knows what "zoe dials" means`,
		"# nothing yet\n\nann hears\n":      `line 3: "ann hears" cannot happen now`,
		"rules: offer-first, offer-never\n": `line 1: there is no rule "offer-never"`,
		"rules: reversed zoe\n":             `line 1: there is no rule "reversed zoe"`,
	} {
		if _, err := Play(script, call.Step); err == nil || err.Error() != want {
			t.Errorf("%q gives %v, want %s", script, err, want)
		}
	}
}

func TestPlayReplacesWhatStoodThere(t *testing.T) {
	script := "# a ring\nrules: offer-first ben, descending\nann dials\n    nonsense\nben hears\n"
	once, err := Play(script, call.Step)
	if err != nil {
		t.Fatal(err)
	}
	twice, err := Play(once, call.Step)
	if err != nil || once != twice || strings.Contains(once, "nonsense") {
		t.Errorf("played twice (%v):\n%s", err, twice)
	}
	for _, want := range []string{"ann > send 9 invite video", "ben > send 9 ringing", "ben = ringing 9 callee video"} {
		if !strings.Contains(once, want) {
			t.Errorf("%q is missing in\n%s", want, once)
		}
	}
}

// The first line of a scenario says how its world was arranged.
func TestRulesAsText(t *testing.T) {
	for _, text := range []string{
		"rules:", "rules: offer-first", "rules: offer-first ann", "rules: offer-first ben, trickle, descending",
		"rules: reversed", "rules: offer-first ben, reversed ann, once, descending",
	} {
		var r Rules
		if err := r.parse(strings.TrimPrefix(text, "rules:")); err != nil || r.String() != text {
			t.Errorf("%q becomes %q, %v", text, r.String(), err)
		}
	}
}

func TestCheckFindsBrokenStates(t *testing.T) {
	good := call.State{
		Phase: call.Ringing, ID: "1", Remote: signaling.Address{Name: "ann"}, Role: call.Callee, Kind: 1, Online: true,
	}
	if err := Check(good); err != nil {
		t.Fatal(err)
	}
	for want, spoil := range map[string]func(*call.State){
		"a call of nobody":            func(s *call.State) { s.ID = "" },
		"without role or kind":        func(s *call.State) { s.Kind = 0 },
		"ringing as caller":           func(s *call.State) { s.Role = call.Caller },
		"calling as callee":           func(s *call.State) { s.Phase = call.Calling },
		"left over":                   func(s *call.State) { s.Alerted = true },
		"nobody waits for":            func(s *call.State) { s.Answered = true },
		"without a server":            func(s *call.State) { s.Online = false },
		"a reason without an end":     func(s *call.State) { s.End = call.Lost },
		"outside of closing":          func(s *call.State) { s.Next.ID = "2" },
		"without id":                  func(s *call.State) { s.Next.OfferFirst = true },
		"by both sides":               func(s *call.State) { s.OfferFirst, s.Reversed = true, true },
		"idle remembers a call":       func(s *call.State) { s.Phase = call.Idle },
		"idle is offline":             func(s *call.State) { *s = call.State{} },
		"has the id of the call":      func(s *call.State) { s.Phase, s.End, s.Next.ID = call.Closing, call.Lost, "1" },
		"an end without a reason (cl": func(s *call.State) { s.Phase = call.Closing },
	} {
		s := good
		spoil(&s)
		if err := Check(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// A machine that talks for ever is found, although every world has a way out.
func TestExplorerFindsCircles(t *testing.T) {
	rules := Rules{Step: func(s call.State, e call.Event) (call.State, []call.Effect) {
		after, effects := call.Step(s, e)
		if m, ok := hears[signaling.Ringing](e); ok && s.Phase == call.Calling {
			effects = append(effects, call.Send{Envelope: signaling.Envelope{Peer: m.From, Call: m.ID, Message: signaling.Accept{}}})
		}
		if m, ok := hears[signaling.Accept](e); ok && s.Phase == call.Ringing {
			effects = append(effects, call.Send{Envelope: signaling.Envelope{Peer: m.From, Call: m.ID, Message: signaling.Ringing{}}})
		}
		return after, effects
	}}
	report := rules.Explore([2]Budget{{1, 0, 0}, {0, 0, 0}}, 10_000)
	if report.Fault != "never settles" || report.Scenario == "" {
		t.Errorf("%v: %q\n%s", report, report.Fault, report.Scenario)
	}
}

func TestExplorerStopsAtLimit(t *testing.T) {
	report := Rules{Step: call.Step}.Explore(each(1, 1, 0), 100)
	if report.Fault != "" || report.Whole || report.Worlds < 100 {
		t.Errorf("%v: %q", report, report.Fault)
	}
}
