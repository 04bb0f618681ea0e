//go:build e2e

package e2e_test

import (
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley/signaling/signalingtest/foreign"
	"parley/ui/e2e/browser"
	"parley/ui/e2e/lab"
)

// newcomer is somebody who opens Parley for the first time, with one of those
// servers running.
type newcomer struct {
	*lab.Window
	t   *testing.T
	ctx context.Context //nolint:containedctx // of one test
	b   browser.Browser
}

func newNewcomer(t *testing.T) newcomer {
	t.Helper()
	ctx := bounded(t)
	heard := filepath.Join(t.TempDir(), "heard.wav")
	w := lab.NewWindow(t, lab.NewDisplay(t, 1280, 900), append(senses(heard), "--hub", "127.0.0.1:0", "--name", "ann")...)
	n := newcomer{w, t, ctx, withClips(t)}
	n.Find(ctx, "home.server")
	return n
}

// types types into what has the focus, and ends with Enter.
func (n newcomer) types(text string) {
	n.t.Helper()
	n.Display.Type(text)
	n.Display.Key("Return")
}

// calls calls whoever's page is open, until both see each other, and hangs up.
func (n newcomer) calls(p foreignPage) {
	n.t.Helper()
	n.Press(n.ctx, "person.video")
	p.is("ringing")
	p.press("accept")
	n.Phase(n.ctx, "active")
	p.is("live")
	p.sees()
	moves(n.t, n.ctx, n.Window)
	n.Press(n.ctx, "hangup")
	n.Phase(n.ctx, "idle")
	p.is("idle")
}

// gone waits until a widget is not shown any more.
func (n newcomer) gone(id string) {
	n.t.Helper()
	n.Until(n.ctx, "widgets", func(e lab.Event) bool {
		list, _ := e["widgets"].([]any)
		return !slices.ContainsFunc(list, func(w any) bool { return lab.Event(w.(map[string]any)).Text("id") == id })
	})
}

// TestServers_RoomsByAddressAlone adds a server of rooms in the settings, calls
// who is in the room, and removes the server again.
func TestServers_RoomsByAddressAlone(t *testing.T) {
	n := newNewcomer(t)
	s := foreign.Start(t, "room-socketio-2")
	p := visit(t, n.ctx, n.b, s, object{"room": "001"})
	n.Press(n.ctx, "settings")
	n.Press(n.ctx, "settings.addServer")
	n.Find(n.ctx, "add.address")
	n.types(s.Address)
	n.Find(n.ctx, "add.param.room") // it was recognised, and the focus is there
	n.types("001")
	n.Find(n.ctx, "person:001")
	n.calls(p)

	n.Press(n.ctx, "settings")
	n.Press(n.ctx, "server:"+s.WS)
	n.Press(n.ctx, "server.remove")
	n.Press(n.ctx, "remove.confirm")
	n.gone("server:" + s.WS)
	n.Quit(n.ctx)
}

// TestServers_PeopleByAddressAlone types the address of a server that tells who
// is there where names are searched for.
func TestServers_PeopleByAddressAlone(t *testing.T) {
	n := newNewcomer(t)
	s := foreign.Start(t, "peerjs", "discovery=1")
	p := visit(t, n.ctx, n.b, s, object{"name": "kim"})
	n.Display.Key("ctrl+k")
	n.types(s.Address)
	n.Find(n.ctx, "add.param.name")
	n.types("ann")
	n.Press(n.ctx, "there:kim")
	n.calls(p)
	n.Quit(n.ctx)
}

// TestServers_PuzzleBeforeTheFriends logs in to a server that first wants a
// puzzle to be solved, after an answer that is wrong.
func TestServers_PuzzleBeforeTheFriends(t *testing.T) {
	n := newNewcomer(t)
	s := foreign.Start(t, "wechat-clone")
	p := visit(t, n.ctx, n.b, s, object{"name": 2, "token": "pasted-token-of-2"})
	n.Press(n.ctx, "home.server")
	n.Find(n.ctx, "add.address")
	n.types(strings.TrimPrefix(s.WS, "ws://"))
	n.Press(n.ctx, "add.dialect") // nothing tells what it is
	n.Press(n.ctx, "add.dialect:wechat-clone")
	n.Find(n.ctx, "add.param.mobile")
	n.Display.Type("13800000001")
	n.Display.Key("Tab")
	n.Display.Type("secret1")
	n.Display.Key("shift+Tab", "shift+Tab", "ctrl+a")
	n.types(s.HTTP)

	n.Find(n.ctx, "puzzle")
	n.Display.Key("Return") // where the piece is now it does not fit
	x := 0
	p.ok(s.Until(n.ctx, func(f []foreign.Frame) bool {
		all := puzzles(f)
		x = all[len(all)-1]
		return len(all) == 2
	}))
	n.Find(n.ctx, "puzzle")
	n.Display.Key(append(slices.Repeat([]string{"Next"}, x/10), slices.Repeat([]string{"Right"}, x%10)...)...)
	n.Display.Key("Return")
	n.Press(n.ctx, "there:2")
	n.calls(p)
	n.Quit(n.ctx)
}

// puzzles are where the pieces belong that the server asked for.
func puzzles(frames []foreign.Frame) []int {
	var all []int
	for _, f := range frames {
		var said struct{ Puzzle int }
		if json.Unmarshal([]byte(f.Said), &said) == nil && said.Puzzle > 0 {
			all = append(all, said.Puzzle)
		}
	}
	return all
}
