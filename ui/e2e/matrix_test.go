//go:build e2e

package e2e_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"parley/signaling/signalingtest/foreign"
	"parley/ui/e2e/browser"
	"parley/ui/e2e/lab"
)

// rival is a foreign server with its page, and how Parley and the page find each
// other on it.
type rival struct {
	profile string                         // and the name of the server
	args    []string                       // of the server
	flags   func(*foreign.Server) []string // of Parley, beside server and profile
	page    object                         // of rig.start
	third   object                         // of rig.start of one more page; nil where a call concerns two alone
	to      string                         // whom Parley calls; "" for the page's rig.id
	target  any                            // whom the page calls; nil for Parley's id
	auto    bool                           // the page answers by itself
	joining bool                           // the page's call is its joining of the room, for either direction
	deaf    bool                           // the page does not notice the end of a call
	parts   bool                           // Parley's goodbye is that it leaves the server, and comes anew
	rejoins bool                           // and so it does after a goodbye of the page
	silent  bool                           // Parley says nothing to become known
	lacks   []string                       // columns for which the protocol has no word
}

// flags that are the same whatever the server's ports are.
func flags(all ...string) func(*foreign.Server) []string {
	return func(*foreign.Server) []string { return all }
}

func rivals() []rival {
	room := object{"room": "001"}
	demo := func(profile string, lacks ...string) rival {
		return rival{profile: profile, flags: flags("--room", "001"), page: room, third: room, to: "001", lacks: lacks}
	}
	joining := func(profile string, lacks ...string) rival {
		r := demo(profile, append(lacks, theyDecline, weCancel)...)
		r.auto, r.joining = true, true
		return r
	}
	named := func(profile string, lacks ...string) rival {
		return rival{profile: profile, flags: flags("--name", "ann"), page: object{"name": "kim"}, third: object{"name": "bob"}, to: "kim", target: "ann", lacks: lacks}
	}
	automatic := func(r rival) rival {
		r.auto, r.lacks = true, append(r.lacks, theyDecline, weCancel)
		return r
	}
	numbered := rival{profile: "vue-av-call", flags: flags("--name", "1"), page: object{"name": 2}, third: object{"name": 3}, to: "2", target: 1}
	wechat := rival{
		profile: "wechat-clone", page: object{"name": 2, "token": "pasted-token-of-2"}, third: object{"name": 3, "token": "pasted-token-of-3"}, to: "2", target: 1,
		flags: func(s *foreign.Server) []string {
			return []string{"--name", "1", "--param", "token=pasted-token-of-1", "--param", "api=" + s.HTTP}
		},
	}
	beside := joining("user-connected")
	beside.flags = func(s *foreign.Server) []string {
		return []string{"--room", "001", "--param", "peerport=" + s.Ports()[1]}
	}
	peerjs, janus := named("peerjs"), named("janus-videocall", restart) // sound and picture go through Janus
	peerjs.silent, janus.silent = true, true                            // and Janus itself is not ours to listen to
	ids := rival{profile: "call-user", flags: flags("--name", "Ann"), page: object{"name": "Kim"}, third: object{"name": "Bob"}, silent: true, lacks: []string{theyDecline, weDecline, weCancel}}
	ayame := joining("ayame", restart) // the page's library ends the call with the connection to the server
	ayame.parts, ayame.rejoins = true, true
	login := automatic(named("login-offer"))
	login.parts = true
	unaware := automatic(named("username-target", weDecline, theyCancel))
	unaware.deaf = true
	return []rival{
		demo("room-ws", theyDecline, weDecline, theyCancel, weCancel),
		demo("room-socketio", theyDecline, weDecline, theyCancel, weCancel),
		demo("room-socketio-2"),
		demo("room-nest"),
		unaware,
		wechat,
		numbered,
		peerjs,
		ayame,
		login,
		joining("join-otherjoin"),
		ids,
		joining("simple-peer", weDecline),
		beside,
		janus,
	}
}

// The columns of the matrix.
const (
	weCall      = "we call"
	theyCall    = "they call"
	again       = "again in the same tab"
	theyDecline = "they decline"
	weDecline   = "we decline"
	theyCancel  = "they cancel"
	weCancel    = "we cancel"
	vanish      = "they vanish"
	killed      = "we are killed"
	restart     = "server restarts"
	glare       = "both call"
	three       = "a third"
)

func columns() []string {
	return []string{weCall, theyCall, again, theyDecline, weDecline, theyCancel, weCancel, vanish, killed, restart, glare, three}
}

// TestMatrix lets Parley and the page of every foreign server call each other in
// every way that the server has words for, and prints what came of it.
func TestMatrix(t *testing.T) {
	m := &matrix{
		devices: browser.Options{Camera: lab.PatternClip(t), Microphone: lab.ToneClip(t)},
		results: map[string]map[string]string{},
	}
	t.Cleanup(func() { m.write(t) })
	only := os.Getenv("PROFILE")
	for _, r := range rivals() {
		if only != "" && only != r.profile {
			continue
		}
		t.Run(r.profile, func(t *testing.T) { m.row(t, r) })
	}
}

// matrix is the results by profile and column.
type matrix struct {
	devices browser.Options

	mu      sync.Mutex
	rows    []string
	results map[string]map[string]string
}

func (m *matrix) set(profile, column, result string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.results[profile] == nil {
		m.results[profile] = map[string]string{}
		m.rows = append(m.rows, profile)
	}
	m.results[profile][column] = result
}

// row tries every column with a profile. What is measured has the machine for
// itself; what only waits runs afterwards, side by side.
func (m *matrix) row(t *testing.T, r rival) {
	t.Helper()
	m.cell(t, r, weCall, (*duel).calls)
	for _, c := range []struct {
		column string
		play   func(*duel)
	}{
		{theyDecline, (*duel).theyDecline},
		{weDecline, (*duel).weDecline},
		{theyCancel, (*duel).theyCancel},
		{weCancel, (*duel).weCancel},
		{vanish, (*duel).theyVanish},
		{killed, (*duel).weAreKilled},
		{restart, (*duel).serverRestarts},
		{glare, (*duel).bothCall},
		{three, (*duel).third},
	} {
		if slices.Contains(r.lacks, c.column) || c.column == three && r.third == nil {
			m.set(r.profile, c.column, "–")
			continue
		}
		m.cell(t, r, c.column, c.play)
	}
}

func (m *matrix) cell(t *testing.T, r rival, column string, play func(*duel)) {
	t.Helper()
	t.Run(strings.ReplaceAll(column, " ", "-"), func(t *testing.T) {
		if column != weCall {
			t.Parallel()
		}
		columns := []string{column}
		if column == weCall {
			columns = []string{weCall, theyCall, again}
		}
		for _, c := range columns {
			m.set(r.profile, c, "no")
		}
		d := newDuel(t, chromium(t, m.devices), r) // a browser of its own: tabs of one wait for each other's camera
		d.passed = func(column string) { m.set(r.profile, column, "yes") }
		play(d)
		if !t.Failed() && column != weCall {
			d.passed(column)
		}
	})
}

// write prints the matrix as Markdown, also into the file that MATRIX names.
func (m *matrix) write(t *testing.T) {
	t.Helper()
	var text strings.Builder
	fmt.Fprintf(&text, "| Profile | %s |\n|---|%s\n", strings.Join(columns(), " | "), strings.Repeat("---|", len(columns())))
	for _, row := range m.rows {
		fmt.Fprintf(&text, "| `%s` |", row)
		for _, c := range columns() {
			fmt.Fprintf(&text, " %s |", m.results[row][c])
		}
		text.WriteString("\n")
	}
	t.Log("\n" + text.String())
	if readme, err := os.ReadFile("../../README.md"); err != nil || len(m.rows) == len(rivals()) && !strings.Contains(string(readme), text.String()) {
		t.Errorf("README.md shows another matrix (%v)", err)
	}
	if path := os.Getenv("MATRIX"); path != "" {
		if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
			t.Error(err)
		}
	}
}
