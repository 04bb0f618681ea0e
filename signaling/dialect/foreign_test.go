package dialect_test

import (
	"context"
	cryptorand "crypto/rand"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"parley/call"
	"parley/media"
	"parley/signaling"
	"parley/signaling/dialect"
	"parley/signaling/dialect/profile"
	"parley/signaling/signalingtest/foreign"
	"parley/signaling/wire"
)

func rand() string { return cryptorand.Text()[:12] }

// abroad is a profile and the server that it is for.
type abroad struct {
	profile string
	args    []string          // of the server
	first   map[string]string // parameters of the first of two clients
	second  map[string]string
	room    string                                  // "" on a server of people
	params  map[string]func(*foreign.Server) string // of both, as the server has them
	pause   time.Duration                           // that the server needs between calls
	both    bool                                    // the server ends both connections when one ends
}

// named makes parameters of two names.
func (a abroad) named(first, second string) abroad {
	a.first, a.second = map[string]string{"name": first}, map[string]string{"name": second}
	return a
}

func shipped(t *testing.T, name string) *profile.Profile {
	t.Helper()
	text, err := os.ReadFile("profiles/" + name + ".toml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := profile.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var everywhere = []abroad{
	{profile: "room-ws", room: "001"},
	{profile: "room-socketio", room: "001"},
	{profile: "room-socketio-2", room: "001"},
	{profile: "room-nest", room: "001"},
	abroad{profile: "username-target"}.named("anna", "bert"),
	abroad{profile: "vue-av-call"}.named("1001", "1002"),
	abroad{profile: "peerjs", args: []string{"discovery=1"}}.named("anna", "bert"),
	{profile: "ayame", room: "001", both: true},
	abroad{profile: "login-offer"}.named("anna", "bert"),
	{profile: "call-user"},
	{profile: "join-otherjoin", room: "001"},
	{profile: "simple-peer", room: "001"},
	{profile: "user-connected", room: "001", params: map[string]func(*foreign.Server) string{
		"peerport": func(s *foreign.Server) string { return s.Ports()[1] },
	}},
	abroad{profile: "janus-videocall", pause: 2 * time.Second}.named("anna", "bert"),
	{
		profile: "wechat-clone",
		first:   map[string]string{"name": "1", "token": "pasted-token-of-1"},
		second:  map[string]string{"name": "2", "token": "pasted-token-of-2"},
		params:  map[string]func(*foreign.Server) string{"api": func(s *foreign.Server) string { return s.HTTP }},
	},
}

// joining tells whether joining the room is what rings.
func joining(p *profile.Profile) bool {
	return p.Flow.Offer == profile.ByNewcomer || p.Flow.Offer == profile.ByMember
}

// start connects two clients of a server. Those of a room are in it, except that
// the second is not yet where joining rings.
func (w abroad) start(t *testing.T, s *foreign.Server) (a, b *actor) {
	t.Helper()
	p := shipped(t, w.profile)
	options := dialect.Options{Profile: p, URL: s.WS, Backoff: quick}
	if w.room != "" {
		options.Rooms = []string{w.room}
	}
	options.Params = w.with(w.first, s)
	a = newActor(t, options)
	options.Params = w.with(w.second, s)
	if joining(p) {
		options.Rooms = nil
	}
	b = newActor(t, options)
	until(t, "the connections", func() bool { return a.up && b.up }, a, b)
	w.known(t, s, 0)
	return a, b
}

// known waits until the server has read who we are, which many do not tell.
func (w abroad) known(t *testing.T, s *foreign.Server, since int) {
	t.Helper()
	p, clients := shipped(t, w.profile), 2
	if n := len(p.Identify); n > 0 && p.Identify[n-1].Expect != nil {
		return
	}
	if joining(p) && since == 0 {
		clients = 1
	}
	w.told(t, s, func(said []foreign.Frame) bool { return speakers(said[since:]) >= clients })
}

// with adds the parameters that depend on the server.
func (w abroad) with(params map[string]string, s *foreign.Server) map[string]string {
	out := map[string]string{}
	maps.Copy(out, params)
	for key, v := range w.params {
		out[key] = v(s)
	}
	return out
}

// speakers counts the WebSockets on which something was said; requests are of client 0.
func speakers(said []foreign.Frame) int {
	seen := map[int]bool{}
	for _, f := range said {
		if f.Client > 0 {
			seen[f.Client] = true
		}
	}
	return len(seen)
}

// patience is how long servers on a busy machine may take.
const patience = 30 * time.Second

// quick makes short pauses, as fast as servers start.
var quick = wire.Backoff{First: 100, Longest: 1000, Rand: func(n int64) int64 { return n - 1 }}

// address is by what b is called.
func (w abroad) address(b *actor) string {
	if w.room != "" {
		return w.room
	}
	return b.linked.Self.Address.Name
}

// TestForeign_Calls has two clients call each other over a server that is not ours.
func TestForeign_Calls(t *testing.T) {
	for _, w := range everywhere {
		t.Run(w.profile, func(t *testing.T) {
			s := foreign.Start(t, w.profile, w.args...)
			a, b := w.start(t, s)
			t.Cleanup(func() {
				if t.Failed() {
					t.Log("the server heard", s.Frames())
				}
			})
			defer b.stop()
			defer a.stop()
			w.call(t, s, b, a)
			rest(max(w.pause, shipped(t, w.profile).Flow.Quiet), a, b)
			w.call(t, s, a, b)
		})
	}
}

// call has a call b, and hang up.
func (w abroad) call(t *testing.T, s *foreign.Server, a, b *actor) {
	t.Helper()
	until(t, "the connections", func() bool { return a.up && b.up }, a, b)
	if w.room != "" && !a.here[w.room] && b.here[w.room] {
		a, b = b, a // who came first was not told that somebody else did
	}
	if a.state.Phase == call.Idle {
		a.dial(w.address(b))
	}
	until(t, "the call", both(call.Active, a, b), a, b)
	if a.state.Kind != media.Video || a.state.Remote.Server != b.state.Remote.Server {
		t.Errorf("a call of %v with %v", a.state.Kind, a.state.Remote)
	}
	w.end(t, s, a, b)
}

// end has a hang up. What the server cannot carry, the media path tells.
func (w abroad) end(t *testing.T, s *foreign.Server, a, b *actor) {
	t.Helper()
	p, before, links := shipped(t, w.profile), newest(s.Frames()), b.links
	a.step(call.Hangup{})
	switch {
	case len(p.Send[profile.SayBye].Frames) > 0:
	case p.Flow.Goodbye != "":
		b.step(call.PeerLeft{ID: b.state.ID})
	case p.Flow.Leave == profile.Reconnect:
	default:
		b.step(call.PeerFailed{ID: b.state.ID})
	}
	until(t, "the end", both(call.Idle, a, b), a, b)
	back := 0
	if p.Flow.Leave == profile.Reconnect {
		back++
	}
	if w.both {
		back++
		until(t, "the return", func() bool { return b.links > links }, a, b)
	}
	w.told(t, s, func(said []foreign.Frame) bool { return after(said, before) >= back })
}

// after counts the connections later than one on which something was said.
func after(said []foreign.Frame, last int) int {
	return speakers(slices.DeleteFunc(slices.Clone(said), func(f foreign.Frame) bool { return f.Gone || f.Client <= last }))
}

// newest is the last connection on which something was said.
func newest(said []foreign.Frame) int {
	last := 0
	for _, f := range said {
		if !f.Gone {
			last = max(last, f.Client)
		}
	}
	return last
}

// told waits until the server heard something.
func (w abroad) told(t *testing.T, s *foreign.Server, holds func([]foreign.Frame) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := s.Until(ctx, holds); err != nil {
		t.Fatal(err)
	}
}

// TestForeign_Restart ends the server in the middle of a call, which goes on;
// when the server is back so are both, and they can hang up.
func TestForeign_Restart(t *testing.T) {
	for _, name := range []string{"room-ws", "room-socketio-2", "vue-av-call", "peerjs", "user-connected"} {
		t.Run(name, func(t *testing.T) {
			w := everywhere[slices.IndexFunc(everywhere, func(w abroad) bool { return w.profile == name })]
			s := foreign.Start(t, name, w.args...)
			a, b := w.start(t, s)
			defer b.stop()
			defer a.stop()
			b.dial(w.address(a))
			until(t, "the call", both(call.Active, a, b), a, b)
			s.Stop()
			before := len(s.Frames())
			until(t, "the loss", func() bool { return !a.up && !b.up }, a, b)
			s.Restart()
			until(t, "the connections", func() bool { return a.up && b.up }, a, b)
			if !both(call.Active, a, b)() {
				t.Errorf("the call is %v and %v", a.state.Phase, b.state.Phase)
			}
			w.known(t, s, before)
			w.end(t, s, b, a)
		})
	}
}

// TestForeign_Declines has somebody refuse a call, and withdraw one.
func TestForeign_Declines(t *testing.T) {
	for _, w := range everywhere {
		p := shipped(t, w.profile)
		if len(p.Send[profile.SayDecline].Frames) == 0 || len(p.Send[profile.SayCancel].Frames) == 0 || joining(p) {
			continue
		}
		t.Run(w.profile, func(t *testing.T) {
			s := foreign.Start(t, w.profile, w.args...)
			a, b := w.start(t, s)
			defer b.stop()
			defer a.stop()
			b.accepts = false
			a.dial(w.address(b))
			until(t, "the ring", func() bool { return b.state.Phase == call.Ringing }, a, b)
			b.step(call.Reject{})
			until(t, "the refusal", both(call.Idle, a, b), a, b)
			if a.state.End != call.Declined {
				t.Errorf("declined: %v", a.state.End)
			}
			rest(w.pause, a, b)
			a.dial(w.address(b))
			until(t, "the second ring", func() bool { return b.state.Phase == call.Ringing }, a, b)
			a.step(call.Hangup{})
			until(t, "the end", both(call.Idle, a, b), a, b)
			if b.state.End != call.Missed {
				t.Errorf("withdrawn: %v", b.state.End)
			}
		})
	}
}

// TestForeign_NobodyThere calls a name that nobody has, where servers tell.
func TestForeign_NobodyThere(t *testing.T) {
	for name, stranger := range map[string]string{"vue-av-call": "4711", "peerjs": "nobody", "janus-videocall": "nobody"} {
		t.Run(name, func(t *testing.T) {
			w := everywhere[slices.IndexFunc(everywhere, func(w abroad) bool { return w.profile == name })]
			s := foreign.Start(t, name, w.args...)
			a, b := w.start(t, s)
			defer b.stop()
			defer a.stop()
			a.dial(stranger)
			until(t, "the end", func() bool { return a.state.Phase == call.Idle }, a, b)
			if a.state.End != call.Unreachable {
				t.Errorf("the call ended because of %v", a.state.End)
			}
		})
	}
}

// TestForeign_Captcha logs in as people do.
func TestForeign_Captcha(t *testing.T) {
	s := foreign.Start(t, "wechat-clone")
	u := run(t, dialect.Options{Profile: shipped(t, "wechat-clone"), URL: s.WS, Backoff: quick, Params: map[string]string{
		"api": s.HTTP, "mobile": "13800000001", "password": "secret1",
	}})
	c := await[signaling.Challenge](u)
	if len(c.Image) == 0 || len(c.Piece) == 0 || c.Width <= 0 || c.Server != s.WS {
		t.Errorf("challenge of %s, %d pixels wide", c.Server, c.Width)
	}
	u.Solve("another question", 1)
	u.Solve(c.ID, solution(t, s, 1)+100)
	c = await[signaling.Challenge](u) // a new one: that was wrong
	u.Solve(c.ID, solution(t, s, 2))
	if linked := await[signaling.Linked](u); linked.Self.Address.Name != "1" || linked.Self.Name != "Ann" {
		t.Errorf("linked as %v", linked.Self)
	}
	if r := await[signaling.Roster](u); len(r.Members) != 2 {
		t.Errorf("friends %v", names(r))
	}
	u.stop()
}

// solution is what the server said about its nth puzzle. It may say so a moment
// after the puzzle came.
func solution(t *testing.T, s *foreign.Server, nth int) int {
	t.Helper()
	var puzzles []int
	err := s.Until(t.Context(), func(said []foreign.Frame) bool {
		puzzles = puzzles[:0]
		for _, f := range said {
			var line struct{ Puzzle float64 }
			if json.Unmarshal([]byte(f.Said), &line) == nil && line.Puzzle > 0 {
				puzzles = append(puzzles, int(line.Puzzle))
			}
		}
		return len(puzzles) >= nth
	})
	if err != nil {
		t.Fatal(err)
	}
	return puzzles[nth-1]
}

// TestForeign_Presence asks servers who is here. Where that is kept secret, or
// the list is of friends wherever they are, nobody is said to be away.
func TestForeign_Presence(t *testing.T) {
	for name, c := range map[string]struct {
		profile string
		args    []string
		want    bool
	}{
		"told":    {"peerjs", []string{"discovery=1"}, true},
		"secret":  {"peerjs", nil, false},
		"friends": {"wechat-clone", nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := everywhere[slices.IndexFunc(everywhere, func(w abroad) bool { return w.profile == c.profile })]
			s := foreign.Start(t, c.profile, c.args...)
			a, b := w.start(t, s)
			defer b.stop()
			defer a.stop()
			if c.want || c.profile == "wechat-clone" {
				until(t, "the list", func() bool { return a.here[w.address(b)] }, a, b)
			}
			if got := a.linked.Capabilities.Presence; got != c.want {
				t.Errorf("presence is known: %v", got)
			}
		})
	}
}
