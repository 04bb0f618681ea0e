package engine_test

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/call"
	"parley/media"
	"parley/signaling/dialect/profile"
)

// TestDialects joins whole Parleys by an imitation of each server for which a
// profile is shipped.
func TestDialects(t *testing.T) {
	all := dialects()
	files, err := filepath.Glob("../profiles/*.toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".toml")
		if all[name] == nil {
			t.Errorf("%s: no imitation", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		for _, s := range scenarios {
			t.Run(name+"/"+s.name, func(t *testing.T) {
				w := newWorld(t, name, all[name](), "1", "2")
				a, b := w.people[0], w.people[1]
				if name == "simple-peer" {
					a, b = b, a // only who comes last is told who is there
				}
				s.play(w, a, b)
				w.over()
				// Whatever went before, the next call works.
				w.talk(a, b, media.Video)
				w.over()
				if name != "simple-peer" && name != "user-connected" {
					w.talk(b, a, media.Video)
					w.over()
				}
			})
		}
	}
}

var scenarios = []struct {
	name string
	play func(w *world, a, b *parley)
}{
	{"call", func(w *world, a, b *parley) { w.talk(a, b, media.Video) }},
	{"call of sound", func(w *world, a, b *parley) { w.talk(a, b, media.Audio) }},
	{"taken with sound only", func(w *world, a, b *parley) {
		w.ring(a, b, media.Video)
		b.step(call.Accept{Kind: media.Audio})
		w.pass(2 * time.Second)
		w.together(a, b, media.Audio)
	}},
	{"caller hangs up", func(w *world, a, b *parley) {
		w.talk(a, b, media.Video)
		a.step(call.Hangup{})
		w.pass(3 * time.Second)
		w.ended(a, call.LocalHangup)
		w.ended(b, call.RemoteHangup)
	}},
	{"callee hangs up", func(w *world, a, b *parley) {
		w.talk(a, b, media.Video)
		b.step(call.Hangup{})
		w.pass(3 * time.Second)
		w.ended(b, call.LocalHangup)
		w.ended(a, call.RemoteHangup)
	}},
	{"declined", func(w *world, a, b *parley) {
		w.ring(a, b, media.Video)
		b.step(call.Reject{})
		w.pass(2 * time.Second)
		if w.profile.Capabilities().Decline {
			w.ended(a, call.Declined)
		}
	}},
	{"withdrawn", func(w *world, a, b *parley) {
		w.ring(a, b, media.Video)
		a.step(call.Hangup{})
		w.pass(2 * time.Second)
		if w.profile.Capabilities().Cancel {
			w.ended(b, call.Missed)
		}
	}},
	{"not answered", func(w *world, a, b *parley) {
		w.ring(a, b, media.Video)
		w.pass(time.Minute)
		w.ended(b, call.Missed)
	}},
	{"both call", func(w *world, a, b *parley) {
		a.dial(b.address(), media.Video)
		b.dial(a.address(), media.Video)
		w.pass(5 * time.Second)
		if w.profile.Name != "janus-videocall" { // which lets neither through
			w.together(a, b, media.Video)
		}
	}},
	{"servers lost in a call", func(w *world, a, b *parley) {
		w.talk(a, b, media.Video)
		for _, p := range w.people {
			p.sockets[profile.Main].cut()
		}
		w.pass(10 * time.Second)
		w.together(a, b, media.Video)
	}},
}

// TestDialects_Three has a third Parley who calls one of two who talk.
func TestDialects_Three(t *testing.T) {
	all := dialects()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if name == "ayame" || name == "join-otherjoin" {
			continue // rooms of two
		}
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, name, all[name](), "1", "2", "3")
			a, b, c := w.people[0], w.people[1], w.people[2]
			if name == "simple-peer" {
				a, c = c, a
			}
			a.dial(b.address(), media.Video)
			w.pass(2 * time.Second)
			answering := b
			if b.state.Phase != call.Ringing {
				answering = c // who is called in a room is who came last
			}
			answering.is(call.Ringing)
			third := b
			if answering == b {
				third = c
			}
			answering.step(call.Accept{Kind: media.Video})
			w.pass(2 * time.Second)
			w.together(a, answering, media.Video)
			third.is(call.Idle)
			third.dial(a.address(), media.Video)
			w.pass(3 * time.Second)
			w.together(a, answering, media.Video)
			third.step(call.Hangup{})
			w.pass(2 * time.Second)
			if w.profile.Send[profile.SayCancel].Frames == nil || w.profile.Peers.Kind == profile.Person {
				w.together(a, answering, media.Video)
			}
			w.over()
		})
	}
}

// address is what others dial.
func (p *parley) address() string {
	if p.self.Address.Name != "" {
		return p.self.Address.Name
	}
	return p.name
}

// ring has a call b, until b's phone rings.
func (w *world) ring(a, b *parley, kind media.Kind) {
	w.t.Helper()
	a.dial(b.address(), kind)
	w.pass(3 * time.Second)
	a.is(call.Calling)
	b.is(call.Ringing)
	if b.state.Kind != kind && w.profile.Flow.Offer != profile.AfterAccept {
		w.t.Errorf("%s rings for %v", b.name, b.state.Kind)
	}
}

// talk has a call b, and b take it.
func (w *world) talk(a, b *parley, kind media.Kind) {
	w.t.Helper()
	w.ring(a, b, kind)
	b.step(call.Accept{Kind: kind})
	w.pass(2 * time.Second)
	w.together(a, b, kind)
}

// together checks that two talk to each other, of nothing else, and have each
// other's candidates.
func (w *world) together(a, b *parley, kind media.Kind) {
	w.t.Helper()
	for _, p := range []*parley{a, b} {
		p.is(call.Active)
		e := p.ends[p.state.ID]
		if !e.up || e.closed {
			w.t.Fatalf("%s is not connected", p.name)
		}
		if e.kind != kind {
			w.t.Errorf("%s has %v, not %v", p.name, e.kind, kind)
		}
	}
	x, y := a.ends[a.state.ID], b.ends[b.state.ID]
	if x.remote != y.local || y.remote != x.local {
		w.t.Fatalf("%s and %s are not connected to each other", a.name, b.name)
	}
	if x.offers == y.offers {
		w.t.Error("both offer, or none")
	}
	w.candidates(x, y)
	w.candidates(y, x)
}

func (w *world) candidates(x, y *end) {
	w.t.Helper()
	for _, ufrag := range x.heard {
		if ufrag != y.ufrag() && ufrag != "" {
			w.t.Errorf("%s got a candidate of %s, not %s", x.of.name, ufrag, y.ufrag())
		}
	}
	if w.profile.Candidates.Trickle && !slices.Contains(x.heard, y.ufrag()) {
		w.t.Errorf("%s got no candidate: %v", x.of.name, x.heard)
	}
}

// ended checks why somebody's last call ended.
func (w *world) ended(p *parley, reason call.Reason) {
	w.t.Helper()
	p.is(call.Idle)
	if p.state.End != reason {
		w.t.Errorf("%s ended by %v, not %v", p.name, p.state.End, reason)
	}
}

// over ends all calls, and checks that nothing is left of them.
func (w *world) over() {
	w.t.Helper()
	for _, p := range w.people {
		p.step(call.Hangup{})
	}
	w.pass(3 * time.Second)
	w.calm()
	w.pass(2 * time.Minute)
	for _, p := range w.people {
		p.is(call.Idle)
		if n := p.engine.Talks(); n != 0 {
			w.t.Errorf("%s: %d talks are left", p.name, n)
		}
		if n, last := p.engine.NotUnderstood(); n != 0 {
			w.t.Errorf("%s did not understand %d frames, the last %q", p.name, n, last)
		}
		if p.strays != 0 {
			w.t.Errorf("%s got %d candidates of unknown calls", p.name, p.strays)
		}
		for _, f := range p.faults {
			w.t.Errorf("%s: fault %s: %v", p.name, f.Code, f.Err)
		}
		if !p.ready || p.final != nil {
			w.t.Errorf("%s is out: %v", p.name, p.final)
		}
	}
}
