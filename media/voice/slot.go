package voice

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"

	"parley/media"
)

// unknown is the probability of speech where a stage does not tell.
const unknown = -1

const (
	// warmSteps is how long a new stage hears the sound before it is heard: its
	// first steps hold the silence of its own delay.
	warmSteps = 5
	// The best stage is tried again after 30 s, and then after twice as long
	// each time, up to ten minutes.
	firstPause = 30 * stepsASecond
	lastPause  = 600 * stepsASecond
)

var errNotSound = errors.New("the stage returned what is not sound")

// slot is a place in the chain for one of a list of stages. Process's goroutine
// owns it and uses the stages; its second goroutine makes and closes them, one
// order at a time.
type slot[S io.Closer] struct {
	kind  string
	makes []func() (S, error) // best first
	apply func(S, *Step) (speech float32, err error)
	log   *slog.Logger

	orders  chan order[S]
	results chan result[S]
	closing atomic.Bool
	workers sync.WaitGroup

	using    *mount[S] // what is heard
	coming   *mount[S] // what is being warmed
	warm     int       // steps that coming has heard
	retired  *mount[S] // to be closed with the next order
	busy     bool      // an order is under way
	next     int       // the rank to begin with when there is nothing to use
	pause    int       // steps until the best is tried again
	lastWait int       // what pause began with
	failures int

	before, trial Step
	last          float32 // the last sample that was heard
}

// mount is a stage with its place in the list.
type mount[S io.Closer] struct {
	stage   S
	rank    int
	name    string
	failure error     // why it is retired; nil if it is not needed any more
	also    *mount[S] // the next to be retired
}

// order asks for stages to be closed and for the first that can be made of
// makes[from:until].
type order[S io.Closer] struct {
	retired     *mount[S]
	from, until int
}

type result[S io.Closer] struct {
	made     *mount[S] // nil: none
	failures int
}

func newSlot[S io.Closer](kind string, makes []func() (S, error), apply func(S, *Step) (float32, error), log *slog.Logger) *slot[S] {
	s := &slot[S]{
		kind: kind, makes: makes, apply: apply, log: log,
		orders: make(chan order[S], 1), results: make(chan result[S], 1),
	}
	s.reset()
	s.workers.Go(s.work)
	return s
}

func (s *slot[S]) reset() { s.next, s.pause, s.lastWait = 0, firstPause, firstPause }

func (s *slot[S]) mounted() bool { return s.using != nil }

func (s *slot[S]) reading() StageReading {
	if s.using == nil {
		return StageReading{Rank: -1, Failures: s.failures}
	}
	return StageReading{Name: s.using.name, Rank: s.using.rank, Failures: s.failures}
}

// step sends a step through the stage in use, if on, and returns how likely it
// holds speech, or unknown.
func (s *slot[S]) step(on bool, step *Step) float32 {
	s.receive()
	speech := float32(unknown)
	if s.using != nil || s.coming != nil {
		s.before = *step
	}
	if s.using != nil {
		speech = s.use(step)
	}
	if s.coming != nil {
		speech = s.warmUp(step, speech)
	}
	if !on {
		s.leave(step)
	}
	s.want(on)
	s.last = step[media.StepSamples-1]
	return speech
}

// receive takes what the second goroutine has made.
func (s *slot[S]) receive() {
	select {
	case r := <-s.results:
		s.busy = false
		s.failures += r.failures
		s.coming, s.warm = r.made, 0
		if r.made == nil && s.using == nil {
			s.next = len(s.makes)
		}
	default:
	}
}

func (s *slot[S]) use(step *Step) float32 {
	speech, ok := s.run(s.using, step)
	if ok {
		return speech
	}
	s.next = s.using.rank + 1
	s.retire(&s.using)
	*step = s.before
	join(s.last, step)
	return unknown
}

// warmUp lets the coming stage hear the step, and crosses over when it has heard
// enough.
func (s *slot[S]) warmUp(step *Step, speech float32) float32 {
	s.trial = s.before
	its, ok := s.run(s.coming, &s.trial)
	if !ok {
		if s.using == nil {
			s.next = max(s.next, s.coming.rank+1)
		}
		s.retire(&s.coming)
		return speech
	}
	if s.warm++; s.warm < warmSteps {
		return speech
	}
	cross(step, &s.trial)
	*step = s.trial
	s.retire(&s.using)
	s.using, s.coming = s.coming, nil
	return its
}

// leave crosses over to the sound as it came.
func (s *slot[S]) leave(step *Step) {
	if s.using != nil {
		s.trial = *step
		*step = s.before
		cross(&s.trial, step)
	}
	s.retire(&s.using)
	s.retire(&s.coming)
	s.reset()
}

// run sends a step through a stage. If it fails the step is of no use.
func (s *slot[S]) run(m *mount[S], step *Step) (speech float32, ok bool) {
	speech, err := s.apply(m.stage, step)
	if err == nil && !sane(step) {
		err = errNotSound
	}
	if err != nil {
		m.failure = err
		s.failures++
		return unknown, false
	}
	if !(speech >= 0 && speech <= 1) {
		speech = unknown
	}
	return speech, true
}

// retire takes a stage away; it is closed with the next order.
func (s *slot[S]) retire(m **mount[S]) {
	if *m == nil {
		return
	}
	(*m).also, s.retired, *m = s.retired, *m, nil
}

// want gives an order if there is something to do.
func (s *slot[S]) want(on bool) {
	if s.busy {
		return
	}
	o := order[S]{retired: s.retired}
	if on && s.coming == nil {
		o.from, o.until = s.missing()
	}
	if o.retired == nil && o.from == o.until {
		return
	}
	s.orders <- o // never blocks: there is room for the one order that can be under way
	s.busy, s.retired = true, nil
}

// missing returns which stages are to be tried now.
func (s *slot[S]) missing() (from, until int) {
	better := len(s.makes)
	if s.using != nil {
		better = s.using.rank
	} else if s.next < better {
		return s.next, better
	}
	if better == 0 {
		return 0, 0
	}
	if s.pause--; s.pause > 0 {
		return 0, 0
	}
	s.lastWait = min(2*s.lastWait, lastPause)
	s.pause = s.lastWait
	return 0, better
}

// close ends the second goroutine and closes what there is. No step runs.
func (s *slot[S]) close() {
	s.closing.Store(true)
	close(s.orders)
	s.workers.Wait()
	s.receive()
	s.retire(&s.using)
	s.retire(&s.coming)
	s.dispose(s.retired)
}

// work is the second goroutine.
func (s *slot[S]) work() {
	for o := range s.orders {
		s.dispose(o.retired)
		s.results <- s.build(o)
	}
}

func (s *slot[S]) build(o order[S]) (r result[S]) {
	for rank := o.from; rank < o.until && !s.closing.Load(); rank++ {
		stage, err := s.makes[rank]()
		if err != nil {
			r.failures++
			s.log.Warn("a stage of the voice could not be made", "kind", s.kind, "rank", rank, "error", err)
			continue
		}
		r.made = &mount[S]{stage: stage, rank: rank, name: packageOf(stage)}
		return r
	}
	return r
}

func (s *slot[S]) dispose(m *mount[S]) {
	for ; m != nil; m = m.also {
		err := m.stage.Close()
		if failure := errors.Join(m.failure, err); failure != nil {
			s.log.Warn("a stage of the voice failed", "kind", s.kind, "rank", m.rank, "name", m.name, "error", failure)
		}
	}
}

// packageOf returns the name of the package that a stage's type is from.
func packageOf(stage any) string {
	name, _, _ := strings.Cut(strings.TrimLeft(fmt.Sprintf("%T", stage), "*"), ".")
	return name
}
