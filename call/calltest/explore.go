package calltest

import (
	"fmt"
	"slices"
)

// Report is the outcome of an exploration.
type Report struct {
	Worlds  int
	Edges   int
	Settled int    // worlds in which nothing can happen by itself any more
	Whole   bool   // every world was seen
	Fault   string // what is wrong, "" for nothing
	// Scenario is the shortest way there, as a script for Play.
	Scenario string
}

// String returns one line for a test's log.
func (r Report) String() string {
	return fmt.Sprintf("%d worlds, %d edges, %d settled, whole: %v", r.Worlds, r.Edges, r.Settled, r.Whole)
}

// Explore walks breadth first through every world that two machines can get
// into with the given budgets, but no more than limit of them, and stops at the
// first that breaks a rule:
//
//   - the peer of a call is opened once, used only while open, and closed once;
//     what the peer of another call says changes nothing;
//   - a state is consistent in itself (Check), and no stale timer acts;
//   - a goodbye is never answered;
//   - whatever happens by itself ends, and then both sides are idle or talk in
//     the same call;
//   - without faults no timer is needed for that, unless a phone rings.
func (r Rules) Explore(b [2]Budget, limit int) Report {
	x := &explorer{rules: &r, faultless: b[0].Faults+b[1].Faults == 0, seen: map[key]int32{}}
	x.add(newWorld(b), -1, action{})
	for at := 0; at < len(x.worlds); at++ {
		if at >= limit || x.expand(at) {
			break
		}
	}
	report := Report{Worlds: len(x.worlds), Edges: x.edges, Settled: x.settled, Fault: x.fault}
	report.Whole = x.fault == "" && x.expanded == len(x.worlds)
	if report.Whole {
		x.findCircle()
		report.Fault = x.fault
	}
	if x.fault != "" {
		report.Scenario = x.scenario(x.broken)
	}
	return report
}

type explorer struct {
	rules     *Rules
	faultless bool
	seen      map[key]int32
	worlds    []*world // nil once expanded, for they are many
	came      []step
	fair      []arrow
	edges     int
	expanded  int
	settled   int
	fault     string
	broken    step
}

// step is how a world was first reached.
type step struct {
	parent int32
	action action
}

// arrow is an edge that happens by itself.
type arrow struct{ from, to int32 }

// add returns the number of a world, a new one if it was not seen before.
func (x *explorer) add(w world, parent int, a action) int32 {
	k := x.rules.key(&w)
	if n, ok := x.seen[k]; ok {
		return n
	}
	n := int32(len(x.worlds))
	x.seen[k] = n
	x.worlds = append(x.worlds, &w)
	x.came = append(x.came, step{int32(parent), a})
	return n
}

// expand looks at everything that can happen next. It reports whether a rule
// is broken.
func (x *explorer) expand(at int) bool {
	w := *x.worlds[at]
	x.worlds[at] = nil
	x.expanded++
	moves := false
	for _, a := range every {
		if !x.rules.can(&w, a) {
			continue
		}
		next, _, _ := x.rules.do(w, a)
		x.edges++
		if next.wrong != "" {
			return x.stop(next.wrong, step{int32(at), a})
		}
		n := x.add(next, at, a)
		if a.verb.fair() {
			moves = true
			x.fair = append(x.fair, arrow{int32(at), n})
		}
	}
	if why := x.judge(&w, moves); why != "" {
		return x.stop(why, x.came[at])
	}
	return false
}

// judge applies the rules about whole worlds.
func (x *explorer) judge(w *world, moves bool) string {
	for who := range w.sides {
		x.rules.checkTimers(w, who)
	}
	if w.wrong != "" {
		return w.wrong
	}
	if !moves {
		x.settled++
		if !w.agreed() {
			return "stuck"
		}
		return ""
	}
	if x.faultless && x.rules.quiet(w) && !w.agreed() && !w.ringing() {
		return "only a timer can settle this"
	}
	return ""
}

func (x *explorer) stop(why string, last step) bool {
	x.fault, x.broken = why, last
	return true
}

// findCircle looks for worlds that follow from each other by themselves, for
// ever: where there are none, every way ends, and ends well.
func (x *explorer) findCircle() {
	waits := make([]int32, len(x.worlds)) // how many predecessors are left
	for _, a := range x.fair {
		waits[a.to]++
	}
	slices.SortStableFunc(x.fair, func(a, b arrow) int { return int(a.from - b.from) })
	first := make([]int, len(x.worlds)+1)
	for _, a := range x.fair {
		first[a.from+1]++
	}
	for i := range x.worlds {
		first[i+1] += first[i]
	}
	var free []int32
	for i, n := range waits {
		if n == 0 {
			free = append(free, int32(i))
		}
	}
	for done := 0; done < len(free); done++ {
		from := free[done]
		for _, a := range x.fair[first[from]:first[from+1]] {
			if waits[a.to]--; waits[a.to] == 0 {
				free = append(free, a.to)
			}
		}
	}
	if i := slices.IndexFunc(waits, func(n int32) bool { return n > 0 }); i >= 0 {
		x.stop("never settles", x.came[i])
	}
}

// scenario returns the way to a step as a script with everything that happens.
func (x *explorer) scenario(last step) string {
	var actions []action
	for s := last; s.parent >= 0; s = x.came[s.parent] {
		actions = append(actions, s.action)
	}
	slices.Reverse(actions)
	script := x.rules.header()
	for _, a := range actions {
		script += a.String() + "\n"
	}
	played, err := Play(script, x.rules.Step)
	if err != nil {
		return script + err.Error()
	}
	return played
}
