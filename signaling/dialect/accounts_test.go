package dialect_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/call"
	"parley/signaling"
	"parley/signaling/dialect"
	"parley/signaling/dialect/engine"
	"parley/signaling/signalingtest/foreign"
)

// TestForeign_NameIsToldInEveryWay reaches somebody by a name that the server
// learned from the address, from the handshake or by an event.
func TestForeign_NameIsToldInEveryWay(t *testing.T) {
	for _, way := range []struct{ name, server, join string }{
		{"query", "bind=query", ""},
		{"auth", "bind=auth", ""},
		{"event", "bind=event", ""},
		{"another event", "event=register", "register"},
	} {
		t.Run(way.name, func(t *testing.T) {
			w := abroad{profile: "username-target", args: []string{way.server}}.named("anna", "bert")
			w.first["join"], w.second["join"] = way.join, way.join
			s := foreign.Start(t, w.profile, w.args...)
			a, b := w.start(t, s)
			defer b.stop()
			defer a.stop()
			a.dial("bert")
			until(t, "the call", both(call.Active, a, b), a, b)
		})
	}
}

// cable is a network whose connections can all be cut.
type cable struct {
	mu    sync.Mutex
	conns []net.Conn
}

func (c *cable) dial(ctx context.Context, network, address string) (net.Conn, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, network, address)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.conns = append(c.conns, conn)
	return conn, err
}

func (c *cable) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.conns {
		_ = conn.Close()
	}
	c.conns = nil
}

func loggingIn(t *testing.T, s *foreign.Server, c *cable) dialect.Options {
	t.Helper()
	return dialect.Options{
		Profile: shipped(t, "wechat-clone"), URL: s.WS, Backoff: quick, NetDial: c.dial,
		Params: map[string]string{"api": s.HTTP, "mobile": "13800000001", "password": "secret1"},
	}
}

func pasted(t *testing.T, s *foreign.Server, token string) dialect.Options {
	t.Helper()
	return dialect.Options{
		Profile: shipped(t, "wechat-clone"), URL: s.WS, Backoff: quick,
		Params: map[string]string{"api": s.HTTP, "name": "1", "token": token},
	}
}

// TestForeign_LoginOutlivesConnection solves one puzzle for any number of
// connections, as long as the server knows the token.
func TestForeign_LoginOutlivesConnection(t *testing.T) {
	s := foreign.Start(t, "wechat-clone")
	var c cable
	u := run(t, loggingIn(t, s, &c))
	u.Solve(await[signaling.Challenge](u).ID, solution(t, s, 1))
	if linked := await[signaling.Linked](u); linked.Self.Address.Name != "1" {
		t.Errorf("linked as %v", linked.Self)
	}
	c.cut()
	expectNoPuzzle(t, u)

	s.Restart() // which forgets tokens
	u.Solve(await[signaling.Challenge](u).ID, solution(t, s, 2))
	await[signaling.Linked](u)
	u.stop()
}

// expectNoPuzzle waits until a client is connected anew.
func expectNoPuzzle(t *testing.T, u *user) {
	t.Helper()
	late := time.After(patience)
	for {
		select {
		case e := <-u.events:
			switch e := e.(type) {
			case signaling.Challenge:
				t.Fatal("asked for a second puzzle")
			case signaling.Linked:
				if e.Self.Address.Name != "1" {
					t.Errorf("came back as %v", e.Self)
				}
				return
			}
		case <-late:
			t.Fatal("it did not come back")
		}
	}
}

// TestForeign_LoginElsewhere ends the older of two logins of one account for good.
func TestForeign_LoginElsewhere(t *testing.T) {
	s := foreign.Start(t, "wechat-clone")
	older := run(t, pasted(t, s, "pasted-token-of-1"))
	await[signaling.Linked](older)
	err := s.Until(t.Context(), func(said []foreign.Frame) bool { return speakers(said) == 1 })
	if err != nil {
		t.Fatal(err)
	}
	newer := run(t, loggingIn(t, s, &cable{}))
	newer.Solve(await[signaling.Challenge](newer).ID, solution(t, s, 1))
	await[signaling.Linked](newer)
	refused(t, older, "replaced", "")
	newer.stop()
}

func TestForeign_TokenExpired(t *testing.T) {
	s := foreign.Start(t, "wechat-clone")
	refused(t, run(t, pasted(t, s, "of last week")), "401200", "expired")
}

// refused waits until a client has ended, and why.
func refused(t *testing.T, u *user, code, text string) {
	t.Helper()
	err := <-u.result
	var r *engine.RefusedError
	if !errors.As(err, &r) || r.Code != code || !strings.Contains(r.Text, text) {
		t.Errorf("ended by %v, want %s %s", err, code, text)
	}
}
