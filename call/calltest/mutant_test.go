package calltest

import (
	"strings"
	"testing"

	"parley/call"
	"parley/media"
	"parley/signaling"
)

// The explorer is worth what it finds. Each mutant is call.Step with one
// deliberate fault, made by changing what goes in or what comes out.
var mutants = []struct {
	name  string
	rules Rules
	bad   [2]Budget
	step  StepFunc
}{
	{"the loser keeps its invite", Rules{}, each(1, 1, 0), func(s call.State, e call.Event) (call.State, []call.Effect) {
		if m, ok := hears[signaling.Invite](e); ok && s.Phase == call.Calling && m.ID > s.ID {
			return s, nil
		}
		return call.Step(s, e)
	}},
	{"an invite that is not out wins", Rules{OfferFirst: [2]bool{true, true}}, each(1, 1, 0), func(s call.State, e call.Event) (call.State, []call.Effect) {
		if m, ok := hears[signaling.Invite](e); ok && s.Phase == call.Calling && m.ID < s.ID {
			return s, nil
		}
		return call.Step(s, e)
	}},
	{"any timer acts", Rules{}, each(1, 1, 0), func(s call.State, e call.Event) (call.State, []call.Effect) {
		if _, ok := e.(call.Timeout); ok {
			e = call.Timeout{Seq: s.Seq}
		}
		return call.Step(s, e)
	}},
	{"phases share a Seq", Rules{}, each(1, 1, 0), func(s call.State, e call.Event) (call.State, []call.Effect) {
		after, effects := call.Step(s, e)
		after.Seq = s.Seq
		return after, effects
	}},
	{"no word of a peer's end", Rules{}, each(1, 1, 0), ignoring[call.PeerClosed]},
	{"the path's end is ignored", Rules{}, [2]Budget{{1, 0, 0}, {0, 1, 1}}, ignoring[call.PeerDown]},
	{"the remote's leaving is ignored", Rules{}, [2]Budget{{1, 0, 0}, {0, 1, 1}}, ignoring[call.PeerLeft]},
	{"whoever left is closed again", Rules{}, each(1, 1, 0), func(s call.State, e call.Event) (call.State, []call.Effect) {
		after, effects := call.Step(s, e)
		if e, ok := e.(call.PeerLeft); ok && e.ID == s.ID && s.Phase == call.Closing {
			effects = append(effects, call.Close{ID: s.ID})
		}
		return after, effects
	}},
	{"any peer's end counts", Rules{OfferFirst: [2]bool{true, true}}, each(1, 1, 0), func(s call.State, e call.Event) (call.State, []call.Effect) {
		if _, ok := e.(call.PeerClosed); ok {
			e = call.PeerClosed{ID: s.ID}
		}
		return call.Step(s, e)
	}},
	{"the held invite is forgotten", Rules{}, [2]Budget{{2, 1, 0}, {0, 1, 0}}, func(s call.State, e call.Event) (call.State, []call.Effect) {
		after, effects := call.Step(s, e)
		after.Next = call.Waiting{}
		return after, effects
	}},
	{"no cancel", Rules{}, each(1, 1, 0), silent[signaling.Cancel]},
	{"no decline", Rules{}, each(1, 1, 0), silent[signaling.Decline]},
	{"no bye", Rules{}, each(1, 1, 0), silent[signaling.Bye]},
	{"no ringing", Rules{}, each(1, 1, 0), silent[signaling.Ringing]},
	{"no close", Rules{}, each(1, 1, 0), without[call.Close]},
	{"two closes", Rules{}, each(1, 1, 0), twice[call.Close]},
	{"two opens", Rules{}, each(1, 1, 0), twice[call.Open]},
	{"nothing is forgotten", Rules{OfferFirst: [2]bool{true, true}}, each(1, 1, 0), without[call.Forget]},
	{"a bye is answered", Rules{}, each(1, 1, 0), func(s call.State, e call.Event) (call.State, []call.Effect) {
		after, effects := call.Step(s, e)
		if m, ok := hears[signaling.Cancel](e); ok && len(effects) == 0 {
			effects = []call.Effect{call.Send{Envelope: signaling.Envelope{Peer: m.From, Call: m.ID, Message: signaling.Bye{}}}}
		}
		return after, effects
	}},
	{"sound only goes unheard", Rules{}, each(1, 1, 0), func(s call.State, e call.Event) (call.State, []call.Effect) {
		if m, ok := hears[signaling.Accept](e); ok {
			e = call.Received{Envelope: signaling.Envelope{Peer: m.From, Call: m.ID, Message: signaling.Accept{Kind: media.Video}}}
		}
		return call.Step(s, e)
	}},
	{"both wait for an offer", Rules{Reversed: [2]bool{true, true}}, each(1, 1, 0), opening(false)},
	{"both offer", Rules{Reversed: [2]bool{true, true}}, each(1, 1, 0), opening(true)},
	{"the order goes unsaid", Rules{Reversed: [2]bool{true, true}}, each(1, 1, 0), func(s call.State, e call.Event) (call.State, []call.Effect) {
		if m, ok := hears[signaling.Invite](e); ok {
			e = call.Received{Envelope: signaling.Envelope{Peer: m.From, Call: m.ID, Message: signaling.Invite{Kind: m.message.Kind}}}
		}
		return call.Step(s, e)
	}},
	{"the order of the held is forgotten", Rules{Reversed: [2]bool{true, true}}, [2]Budget{{2, 1, 0}, {0, 2, 0}}, func(s call.State, e call.Event) (call.State, []call.Effect) {
		after, effects := call.Step(s, e)
		after.Next.Reversed = false
		return after, effects
	}},
	{"the loser keeps its order", Rules{Reversed: [2]bool{true, false}}, each(1, 1, 0), func(s call.State, e call.Event) (call.State, []call.Effect) {
		after, effects := call.Step(s, e)
		if s.Phase == call.Calling && after.ID != s.ID && after.Phase == call.Connecting {
			after.Reversed = s.Reversed
		}
		return after, effects
	}},
	{"whoever rang restarts", Rules{Reversed: [2]bool{true, true}}, [2]Budget{{1, 0, 1}, {0, 1, 0}}, func(s call.State, e call.Event) (call.State, []call.Effect) {
		after, effects := call.Step(s, e)
		if _, ok := e.(call.PeerDown); ok && after.Phase == call.Recovering && after.Role == call.Caller {
			effects = append(effects, call.Restart{ID: after.ID, Round: after.Round + 1})
		}
		return after, effects
	}},
	{"whoever can restarts", Rules{Once: true}, [2]Budget{{1, 0, 1}, {0, 1, 0}}, func(s call.State, e call.Event) (call.State, []call.Effect) {
		after, effects := call.Step(s, e)
		after.Once = false
		return after, effects
	}},
	{"answers of any round count", Rules{}, [2]Budget{{1, 0, 2}, {0, 1, 0}}, func(s call.State, e call.Event) (call.State, []call.Effect) {
		if m, ok := hears[signaling.Description](e); ok && m.message.Type == signaling.Answer {
			after, effects := call.Step(s, e)
			if len(effects) == 0 && s.Live() {
				effects = []call.Effect{call.SetRemote{ID: s.ID, Description: m.message}}
				after.Answered = true
			}
			return after, effects
		}
		return call.Step(s, e)
	}},
}

func each(dials, acts, faults int) [2]Budget {
	b := Budget{dials, acts, faults}
	return [2]Budget{b, b}
}

// heard is a received message with where it came from.
type heard[M signaling.Message] struct {
	From    signaling.Address
	ID      signaling.CallID
	message M
}

func hears[M signaling.Message](e call.Event) (heard[M], bool) {
	received, _ := e.(call.Received)
	m, ok := received.Envelope.Message.(M)
	return heard[M]{received.Envelope.Peer, received.Envelope.Call, m}, ok
}

// opening is a Step whose peers all offer, or none.
func opening(offers bool) StepFunc {
	return func(s call.State, e call.Event) (call.State, []call.Effect) {
		after, effects := call.Step(s, e)
		for i, effect := range effects {
			if o, ok := effect.(call.Open); ok {
				o.Offers = offers
				effects[i] = o
			}
		}
		return after, effects
	}
}

// ignoring is a Step that does not see one kind of event.
func ignoring[E call.Event](s call.State, e call.Event) (call.State, []call.Effect) {
	if _, ok := e.(E); ok {
		return s, nil
	}
	return call.Step(s, e)
}

// silent is a Step that never says one kind of message.
func silent[M signaling.Message](s call.State, e call.Event) (call.State, []call.Effect) {
	after, effects := call.Step(s, e)
	var rest []call.Effect
	for _, effect := range effects {
		sent, _ := effect.(call.Send)
		if _, ok := sent.Envelope.Message.(M); !ok {
			rest = append(rest, effect)
		}
	}
	return after, rest
}

// without is a Step that leaves out one kind of effect.
func without[F call.Effect](s call.State, e call.Event) (call.State, []call.Effect) {
	after, effects := call.Step(s, e)
	var rest []call.Effect
	for _, effect := range effects {
		if _, ok := effect.(F); !ok {
			rest = append(rest, effect)
		}
	}
	return after, rest
}

// twice is a Step that asks for one kind of effect two times.
func twice[F call.Effect](s call.State, e call.Event) (call.State, []call.Effect) {
	after, effects := call.Step(s, e)
	var all []call.Effect
	for _, effect := range effects {
		all = append(all, effect)
		if _, ok := effect.(F); ok {
			all = append(all, effect)
		}
	}
	return after, all
}

func TestExplorerFindsMutants(t *testing.T) {
	for _, m := range mutants {
		t.Run(strings.ReplaceAll(m.name, " ", "-"), func(t *testing.T) {
			m.rules.Step = m.step
			report := m.rules.Explore(m.bad, 500_000)
			t.Log(report, report.Fault)
			if report.Fault == "" {
				t.Fatal("it was not found")
			}
			played, err := Play(report.Scenario, m.step)
			if err != nil || played != report.Scenario {
				t.Errorf("its scenario does not play again (%v):\n%s", err, played)
			}
		})
	}
}
