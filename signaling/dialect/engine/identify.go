package engine

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"parley/signaling"
	"parley/signaling/dialect/profile"
)

// identity is how far making ourselves known has come.
type identity struct {
	step      int  // the one that is on
	begun     bool // its frames are out
	expecting bool // its Expect did not come yet
	answers   int  // of its frames that are waited for
	until     time.Time
	asked     map[string]bool // channels that were opened
	spared    bool            // a step was not done again
}

// once is what steps that are done only once left behind.
type once struct {
	done map[int]bool
	vars map[string]any
	self any
}

// blockPuzzle is a step that needs code.
const blockPuzzle = "block-puzzle"

// advance does the steps that can be done now.
func (e *Engine) advance() {
	for !e.ready && !e.over {
		e.openChannels()
		steps := e.profile.Identify
		if e.identity.step >= len(steps) {
			e.known()
			return
		}
		step := &steps[e.identity.step]
		switch {
		case e.needless(step):
		case e.once.done[e.identity.step]:
			e.identity.spared = true
		case !e.identity.begun && !e.begin(step):
			return
		case e.identity.expecting || e.identity.answers > 0 || e.puzzle.on:
			return
		default:
			e.done(step)
		}
		e.identity = identity{step: e.identity.step + 1, asked: e.identity.asked, spared: e.identity.spared}
	}
}

// done remembers a step that is not to be done again.
func (e *Engine) done(s *profile.Step) {
	if !s.Once {
		return
	}
	if e.once.done == nil {
		e.once.done = map[int]bool{}
	}
	e.once.done[e.identity.step] = true
}

// first tells whether a step is on that is done only once.
func (e *Engine) first() bool {
	steps := e.profile.Identify
	return !e.ready && e.identity.step < len(steps) && steps[e.identity.step].Once
}

// capture keeps a value while the connection stands, or longer.
func (e *Engine) capture(key string, v any) {
	e.vars[key] = v
	if !e.first() {
		return
	}
	if e.once.vars == nil {
		e.once.vars = map[string]any{}
	}
	e.once.vars[key] = v
}

// openChannels asks for the channels whose turn has come.
func (e *Engine) openChannels() {
	var due []string
	for name, c := range e.profile.Channels {
		if name != profile.Main && c.Kind != profile.HTTP && c.After <= e.identity.step && !e.identity.asked[name] {
			due = append(due, name)
		}
	}
	slices.Sort(due)
	for _, name := range due {
		if e.identity.asked == nil {
			e.identity.asked = map[string]bool{}
		}
		e.identity.asked[name] = true
		e.do(Open{name})
	}
}

func (e *Engine) needless(s *profile.Step) bool {
	return s.Unless != "" && e.param(s.Unless) != "" || s.If != "" && e.param(s.If) == ""
}

// begin says the frames of a step, if their channels are there. It reports
// whether that is so.
func (e *Engine) begin(s *profile.Step) bool {
	if e.identity.until.IsZero() {
		e.identity.until = e.now.Add(orElse(s.Within, within))
	}
	for i := range s.Frames {
		if via := viaOf(s.Frames[i].Via); e.profile.Channels[via].Kind != profile.HTTP && !e.open[via] {
			return false
		}
	}
	e.identity.begun = true
	e.identity.expecting = s.Expect != nil
	if s.Built == blockPuzzle {
		e.askPuzzle(s)
		return true
	}
	if err := e.write(s.Frames, scope{}, ticket{step: true}); err != nil {
		e.end("profile-lacks", fmt.Sprintf("step %d: %v", e.identity.step+1, err))
		return false
	}
	return true
}

// expected takes a frame that the step waits for.
func (e *Engine) expected(via string, frame any) bool {
	if e.ready || !e.identity.expecting || e.identity.step >= len(e.profile.Identify) {
		return false
	}
	r := e.profile.Identify[e.identity.step].Expect
	if r == nil || !e.matches(r, via, frame) {
		return false
	}
	e.identity.expecting = false
	e.obey(r, frame, nil)
	e.advance()
	return true
}

// stepAnswered counts what came back for a frame of the step.
func (e *Engine) stepAnswered() {
	if e.identity.answers > 0 {
		e.identity.answers--
	}
	e.advance()
}

// errSilent is why a connection is given up on which an answer did not come.
var errSilent = errors.New("the server did not answer in time")

// late gives the connection up when a step takes too long, unless it is one
// that servers leave out at times.
func (e *Engine) late() {
	switch {
	case e.ready || !due(e.identity.until, e.now):
	case e.identity.expecting && e.identity.answers == 0 && e.profile.Identify[e.identity.step].Optional:
		e.identity.expecting = false
		e.advance()
	default:
		e.fault("no-answer", fmt.Errorf("step %d: %w", e.identity.step+1, errSilent))
		e.drop()
	}
}

// known says that calls can be made now.
func (e *Engine) known() {
	e.ready, e.welcome = true, true
	e.identity.until = time.Time{}
	e.wind()
	e.tellReady()
	for _, m := range e.waiting {
		e.do(Post{signaling.Received{Envelope: m}})
	}
	e.waiting = nil
}

// tellReady says who we are, and who is here.
func (e *Engine) tellReady() {
	e.do(Ready{Self: e.member(), ICE: slices.Clone(e.ice)})
	e.crowd.said = false
	e.tellHere()
}

// member is how others see us: nobody, in rooms.
func (e *Engine) member() signaling.Member {
	id, ok := e.selfID()
	if !ok || e.profile.Peers.Kind == profile.Room {
		return signaling.Member{}
	}
	name, _ := textID(id)
	shown, _ := e.selfName()
	return signaling.Member{
		Address: e.address(name), Name: shown, Kind: signaling.Person,
	}
}

func orElse(d, other time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return other
}

func viaOf(via string) string {
	if via == "" {
		return profile.Main
	}
	return via
}

func due(at, now time.Time) bool { return !at.IsZero() && !now.Before(at) }
