package wire_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"parley/signaling"
	"parley/signaling/wire"
)

func (r *recorder) Opened() error {
	r.opened <- struct{}{}
	if r.open != nil {
		return r.open()
	}
	return nil
}

func (r *recorder) Receive(m wire.Message) error {
	r.received <- m
	if r.receive != nil {
		return r.receive(m)
	}
	return nil
}

func (r *recorder) Closed(cause error, retry time.Duration) {
	r.closed <- closed{cause, int64(retry)}
}

// ceiling makes every pause as long as it may be.
func ceiling(n int64) int64 { return n - 1 }

// read reads text messages into a channel, which is closed at the end, when
// the error is in the second one.
func read(ws *websocket.Conn) (<-chan string, <-chan error) {
	texts, end := make(chan string, 5000), make(chan error, 1)
	go func() {
		defer close(texts)
		for {
			_, text, err := ws.ReadMessage()
			if err != nil {
				end <- err
				_ = ws.Close()
				return
			}
			texts <- string(text)
		}
	}()
	return texts, end
}

func TestLine_PausesGrowWithoutConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refused := errors.New("refused")
		dial := func(context.Context, string, string) (net.Conn, error) { return nil, refused }
		l := run(t, wire.Options{NetDial: dial, Backoff: wire.Backoff{Rand: ceiling}}, record())
		want := []time.Duration{
			500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second,
			8 * time.Second, 16 * time.Second, 30 * time.Second, 30 * time.Second,
		}
		for i, pause := range want {
			before := time.Now()
			c := <-l.closed
			if time.Duration(c.retry) != pause || !errors.Is(c.cause, refused) {
				t.Errorf("failure %d: retry %v because of %v, want %v", i, time.Duration(c.retry), c.cause, pause)
			}
			if waited := time.Since(before); i > 0 && waited != want[i-1] {
				t.Errorf("failure %d came after %v, want %v", i, waited, want[i-1])
			}
		}
		l.finish(t)
	})
}

func TestLine_PauseIsNeverNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial := func(context.Context, string, string) (net.Conn, error) { return nil, net.ErrClosed }
		l := run(t, wire.Options{NetDial: dial, Backoff: wire.Backoff{Rand: func(int64) int64 { return 0 }}}, record())
		if c := <-l.closed; time.Duration(c.retry) != 50*time.Millisecond {
			t.Errorf("retry %v", time.Duration(c.retry))
		}
		l.finish(t)
	})
}

func TestLine_PausesShrinkAfterASettledConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		l := run(t, wire.Options{NetDial: s.dial, Backoff: wire.Backoff{Rand: ceiling}}, record())
		lasts := []time.Duration{0, 0, 0, 11 * time.Second, 0}
		var pauses []time.Duration
		for _, d := range lasts {
			ws := <-s.sockets
			<-l.opened
			<-time.After(d) // of virtual time
			_ = ws.Close()
			pauses = append(pauses, time.Duration((<-l.closed).retry))
		}
		want := []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 500 * time.Millisecond, time.Second}
		if !slices.Equal(pauses, want) {
			t.Errorf("pauses %v, want %v", pauses, want)
		}
		l.finish(t)
		s.stop()
	})
}

func TestLine_CarriesMessagesBothWays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		l := run(t, wire.Options{NetDial: s.dial, Subprotocols: []string{"one", "two"}}, record())
		ws := <-s.sockets
		<-l.opened
		if ws.Subprotocol() != "two" {
			t.Errorf("subprotocol %q", ws.Subprotocol())
		}
		texts, end := read(ws)
		for _, text := range []string{"a", "b", "c"} {
			if err := l.Send([]byte(text)); err != nil {
				t.Error(err)
			}
			if got := <-texts; got != text {
				t.Errorf("got %q, want %q", got, text)
			}
		}
		for _, kind := range []int{websocket.TextMessage, websocket.BinaryMessage} {
			if err := ws.WriteMessage(kind, []byte("x")); err != nil {
				t.Fatal(err)
			}
			if m := <-l.received; string(m.Data) != "x" || m.Binary != (kind == websocket.BinaryMessage) {
				t.Errorf("received %q, binary %v", m.Data, m.Binary)
			}
		}
		l.finish(t)
		if err := <-end; !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
			t.Errorf("the server saw %v", err)
		}
		s.stop()
	})
}

func TestLine_SendWithoutConnectionIsOffline(t *testing.T) {
	l, err := wire.New(wire.Options{URL: "ws://server.invalid"})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Send([]byte("x")); !errors.Is(err, signaling.ErrOffline) {
		t.Errorf("Send returned %v", err)
	}
}

func TestLine_WritesEverythingBeforeItCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		l := run(t, wire.Options{NetDial: s.dial}, record())
		ws := <-s.sockets
		<-l.opened
		synctest.Wait()
		for range 100 {
			if err := l.Send([]byte("goodbye")); err != nil {
				t.Fatal(err)
			}
		}
		l.cancel()
		texts, end := read(ws)
		l.finish(t)
		if err := <-end; !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
			t.Errorf("the server saw %v", err)
		}
		if n := len(texts); n != 100 {
			t.Errorf("%d of 100 messages arrived", n)
		}
		if c := <-l.closed; c.retry != 0 || !errors.Is(c.cause, context.Canceled) {
			t.Errorf("closed with %v", c)
		}
		s.stop()
	})
}

func TestLine_ReportsTheOtherSidesWord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		l := run(t, wire.Options{NetDial: s.dial}, record())
		ws := <-s.sockets
		<-l.opened
		_ = ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(4407, "full"), time.Now().Add(time.Second))
		var word *wire.CloseError
		if c := <-l.closed; !errors.As(c.cause, &word) || word.Code != 4407 || word.Text != "full" {
			t.Errorf("closed because of %v", c.cause)
		}
		_ = ws.Close()
		l.finish(t)
		s.stop()
	})
}

func TestLine_FinalEndsIt(t *testing.T) {
	reason := errors.New("never again")
	for _, when := range []string{"opened", "received"} {
		t.Run(when, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := serve(t)
				r := record()
				switch when {
				case "opened":
					r.open = func() error { return wire.Final(reason) }
				case "received":
					r.receive = func(wire.Message) error { return wire.Final(reason) }
				}
				l := run(t, wire.Options{NetDial: s.dial}, r)
				ws := <-s.sockets
				if when == "received" {
					_ = ws.WriteMessage(websocket.TextMessage, []byte("go away"))
				}
				_, end := read(ws)
				if err := <-l.result; !errors.Is(err, reason) {
					t.Errorf("Run returned %v", err)
				}
				if c := <-l.closed; !errors.Is(c.cause, reason) || c.retry != 0 {
					t.Errorf("closed with %v", c)
				}
				<-end
				l.cancel()
				s.stop()
			})
		})
	}
}

func TestLine_ErrorOfTheHandlerReconnects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		r := record()
		bad := errors.New("cannot make sense of it")
		r.receive = func(wire.Message) error { return bad }
		l := run(t, wire.Options{NetDial: s.dial}, r)
		ws := <-s.sockets
		_ = ws.WriteMessage(websocket.TextMessage, []byte("nonsense"))
		_, end := read(ws)
		if c := <-l.closed; !errors.Is(c.cause, bad) || c.retry == 0 {
			t.Errorf("closed with %v", c)
		}
		<-end
		again := <-s.sockets
		_, end = read(again)
		l.finish(t)
		<-end
		s.stop()
	})
}

func TestLine_RenewingIsNoFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		l := run(t, wire.Options{NetDial: s.dial, Backoff: wire.Backoff{Rand: ceiling}}, record())
		done := errors.New("a call is over")
		for i, cause := range []error{done, done, wire.Renewal(done), wire.Renewal(done), done} {
			_, end := read(<-s.sockets)
			<-l.opened
			l.Reopen(cause)
			c := <-l.closed
			want := []time.Duration{500 * time.Millisecond, time.Second, 500 * time.Millisecond, 500 * time.Millisecond, time.Second}[i]
			if !errors.Is(c.cause, done) || time.Duration(c.retry) != want {
				t.Errorf("%d: closed with %v, want a pause of %v", i, c, want)
			}
			<-end
		}
		l.finish(t)
		s.stop()
	})
}

func TestLine_SettledByItsUser(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		l := run(t, wire.Options{NetDial: s.dial, Backoff: wire.Backoff{Rand: ceiling}}, record())
		l.Settle() // of none
		for i, settled := range []bool{false, false, true, false} {
			ws := <-s.sockets
			<-l.opened
			if settled {
				l.Settle()
			}
			_ = ws.Close()
			want := []time.Duration{500 * time.Millisecond, time.Second, 500 * time.Millisecond, time.Second}[i]
			if pause := time.Duration((<-l.closed).retry); pause != want {
				t.Errorf("%d: a pause of %v, want %v", i, pause, want)
			}
		}
		l.finish(t)
		s.stop()
	})
}

func TestLine_RefusedHandshake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		l := run(t, wire.Options{NetDial: s.dial, Header: http.Header{"X-Refuse": {"1"}}}, record())
		var refused *wire.RefusedError
		if c := <-l.closed; !errors.As(c.cause, &refused) || refused.Status != http.StatusForbidden {
			t.Errorf("closed because of %v", c.cause)
		}
		l.finish(t)
		s.stop()
	})
}

// TestLine_CancelInTheMiddleOfAHandshake has a server that takes the connection
// and never says a word.
func TestLine_CancelInTheMiddleOfAHandshake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		dial := func(context.Context, string, string) (net.Conn, error) { return near, nil }
		l := run(t, wire.Options{NetDial: dial}, record())
		_, _ = far.Read(make([]byte, 4096))
		synctest.Wait()
		before := time.Now()
		l.finish(t)
		if took := time.Since(before); took != 0 {
			t.Errorf("cancelling took %v", took)
		}
		_ = far.Close()
	})
}

func TestLine_HandshakeThatNeverEndsIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		dial := func(context.Context, string, string) (net.Conn, error) { return near, nil }
		l := run(t, wire.Options{NetDial: dial}, record())
		before := time.Now()
		_, _ = far.Read(make([]byte, 4096))
		<-l.closed
		if took := time.Since(before); took != 10*time.Second {
			t.Errorf("giving up took %v", took)
		}
		l.finish(t)
		_ = far.Close()
	})
}

func TestNew_RefusesOtherAddresses(t *testing.T) {
	for _, bad := range []string{"", "http://host/", "ws://", "host:80", "ws://me:secret@host/", "ws://host/#part", "ws://host:port/"} {
		_, err := wire.New(wire.Options{URL: bad})
		if err == nil {
			t.Errorf("New accepted %q", bad)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("the error tells the password: %v", err)
		}
	}
}
