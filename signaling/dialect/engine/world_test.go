package engine_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"parley/call"
	"parley/signaling/dialect/profile"
)

const server = "ws://server.example:1234/"

// shipped parses a profile that is shipped.
func shipped(t testing.TB, name string) *profile.Profile {
	t.Helper()
	text, err := os.ReadFile("../profiles/" + name + ".toml")
	if err != nil {
		t.Fatal(err)
	}
	return parsed(t, string(text))
}

func parsed(t testing.TB, text string) *profile.Profile {
	t.Helper()
	p, err := profile.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// world is a server that is imitated in memory, and whole Parleys without media
// on it: an engine and the machine of package call each. Time passes only when
// told to.
type world struct {
	t       *testing.T
	now     time.Time
	profile *profile.Profile
	server  imitation
	people  []*parley
	queue   []func()
	delayed []event
	ends    []*end
	random  int
	sockets int
	said    []string
}

// event is something that happens later.
type event struct {
	at time.Time
	do func()
}

// imitation is a server. It tells sockets what it has to say at once; frames
// arrive in the order in which they were sent.
type imitation interface {
	opened(s *socket)
	heard(s *socket, frame any)
	closed(s *socket)
	asked(p *parley, request any) any // HTTP
}

// socket is one connection to the server.
type socket struct {
	of      *parley
	via, id string
	query   map[string]string
	open    bool
	room    string // for the imitations
	name    string
}

func newWorld(t *testing.T, profileName string, s imitation, names ...string) *world {
	t.Helper()
	w := &world{
		t: t, now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC),
		profile: shipped(t, profileName), server: s,
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log("what was said:\n" + strings.Join(w.said, "\n"))
		}
	})
	for _, name := range names {
		w.join(name)
	}
	w.calm()
	return w
}

// note remembers what is said, for whoever reads why a test failed.
func (w *world) note(what string) {
	w.said = append(w.said, w.now.Format("04:05.000 ")+what[:min(len(what), 200)])
}

func (w *world) later(do func()) { w.queue = append(w.queue, do) }

func (w *world) after(d time.Duration, do func()) {
	w.delayed = append(w.delayed, event{w.now.Add(d), do})
}

// number returns a text that was never returned before.
func (w *world) number() string {
	w.random++
	return fmt.Sprintf("%026d", w.random*7919%1000003)
}

// settle delivers all that is on its way.
func (w *world) settle() {
	for n := 0; len(w.queue) > 0; n++ {
		if n > 100000 {
			w.t.Fatal("the talk does not end")
		}
		next := w.queue[0]
		w.queue = w.queue[1:]
		next()
	}
}

// pass lets time pass, and all happen that is due.
func (w *world) pass(d time.Duration) {
	w.t.Helper()
	until := w.now.Add(d)
	for n := 0; ; n++ {
		if n > 100000 {
			w.t.Fatal("time stands still")
		}
		w.settle()
		next := w.next()
		if next.IsZero() || next.After(until) {
			w.now = until
			return
		}
		if next.After(w.now) {
			w.now = next
		}
		w.tick()
	}
}

func (w *world) next() time.Time {
	var next time.Time
	sooner := func(at time.Time) {
		if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	for _, e := range w.delayed {
		sooner(e.at)
	}
	for _, p := range w.people {
		sooner(p.engine.Next())
		sooner(p.limit)
	}
	return next
}

func (w *world) tick() {
	delayed := w.delayed
	w.delayed = nil
	for _, e := range delayed {
		if e.at.After(w.now) {
			w.delayed = append(w.delayed, e)
		} else {
			e.do()
		}
	}
	for _, p := range w.people {
		if at := p.engine.Next(); !at.IsZero() && !at.After(w.now) {
			p.act(p.engine.Tick(w.now))
		}
		if !p.limit.IsZero() && !p.limit.After(w.now) {
			p.limit = time.Time{}
			p.step(call.Timeout{Seq: p.state.Seq})
		}
	}
}

// calm refuses whoever rings because somebody joined, until nobody does.
func (w *world) calm() {
	w.t.Helper()
	for range 10 {
		w.pass(10 * time.Second)
		rung := false
		for _, p := range w.people {
			if p.state.Phase != call.Idle {
				rung = true
				p.step(call.Hangup{})
			}
		}
		if !rung {
			return
		}
	}
	w.t.Fatal("there is no end of ringing")
}
