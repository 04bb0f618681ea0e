package wire_test

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"parley/signaling"
	"parley/signaling/wire"
)

// open starts a line and returns it with the server's end.
func open(t *testing.T, s *server, l wire.Limits) (*running, *websocket.Conn) {
	t.Helper()
	r := run(t, wire.Options{NetDial: s.dial, Limits: l}, record())
	ws := <-s.sockets
	<-r.opened
	return r, ws
}

func TestConn_PingsKeepAnIdleConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		l, ws := open(t, s, wire.Limits{})
		pings := 0
		answer := ws.PingHandler()
		ws.SetPingHandler(func(data string) error {
			pings++
			return answer(data)
		})
		_, end := read(ws)
		<-time.After(time.Hour) // of virtual time
		synctest.Wait()
		select {
		case c := <-l.closed:
			t.Errorf("closed because of %v", c.cause)
		default:
		}
		if pings != 180 {
			t.Errorf("%d pings in an hour, want 180", pings)
		}
		l.finish(t)
		<-end
		s.stop()
	})
}

func TestConn_SilenceEndsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		l, ws := open(t, s, wire.Limits{})
		ws.SetPingHandler(func(string) error { return nil }) // hears, and does not answer
		_, end := read(ws)
		before := time.Now()
		c := <-l.closed
		if !errors.Is(c.cause, wire.ErrSilent) || time.Since(before) != 45*time.Second {
			t.Errorf("closed after %v because of %v", time.Since(before), c.cause)
		}
		<-end
		l.cancel()
		<-l.result
		s.stop()
	})
}

func TestConn_AnswersPings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		l, ws := open(t, s, wire.Limits{})
		pong := make(chan string, 1)
		ws.SetPongHandler(func(data string) error {
			pong <- data
			return nil
		})
		_, end := read(ws)
		_ = ws.WriteControl(websocket.PingMessage, []byte("are you there"), time.Now().Add(time.Second))
		if got := <-pong; got != "are you there" {
			t.Errorf("pong %q", got)
		}
		l.finish(t)
		<-end
		s.stop()
	})
}

func TestConn_FullQueueIsABacklog(t *testing.T) {
	for name, limits := range map[string]wire.Limits{
		"messages": {Queue: 10},
		"bytes":    {QueueBytes: 10 << 10},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := serve(t)
				l, ws := open(t, s, limits) // nobody reads ws
				synctest.Wait()
				text := []byte(strings.Repeat("x", 1<<10))
				if err := l.Send(text); err != nil { // the writer takes it, and is stuck
					t.Fatal(err)
				}
				synctest.Wait()
				for range 10 {
					if err := l.Send(text); err != nil {
						t.Fatal(err)
					}
				}
				if err := l.Send(text); !errors.Is(err, signaling.ErrBacklog) {
					t.Errorf("Send returned %v", err)
				}
				before := time.Now()
				c := <-l.closed // the write is given up
				if took := time.Since(before); took != 10*time.Second || c.retry == 0 {
					t.Errorf("closed after %v with %v", took, c)
				}
				if err := l.Send(text); !errors.Is(err, signaling.ErrOffline) {
					t.Errorf("Send returned %v", err)
				}
				_ = ws.Close()
				l.cancel()
				<-l.result
				s.stop()
			})
		})
	}
}

func TestConn_TooLargeAMessageEndsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		l, ws := open(t, s, wire.Limits{MaxMessage: 1000})
		_, end := read(ws)
		if err := ws.WriteMessage(websocket.TextMessage, make([]byte, 1000)); err != nil {
			t.Fatal(err)
		}
		if m := <-l.received; len(m.Data) != 1000 {
			t.Errorf("received %d bytes", len(m.Data))
		}
		_ = ws.WriteMessage(websocket.TextMessage, make([]byte, 1<<20))
		if c := <-l.closed; !errors.Is(c.cause, wire.ErrTooLarge) {
			t.Errorf("closed because of %v", c.cause)
		}
		var word *websocket.CloseError
		if err := <-end; !errors.As(err, &word) || word.Code != websocket.CloseMessageTooBig || word.Text != "too-large" {
			t.Errorf("the server saw %v", err)
		}
		l.cancel()
		<-l.result
		s.stop()
	})
}

func TestConn_CutsTooLargeAMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		l, ws := open(t, s, wire.Limits{MaxMessage: 1000, Cut: true})
		_, end := read(ws)
		for i, size := range []int{999, 1 << 20, 1000, 1001, 998} {
			if err := ws.WriteMessage(websocket.TextMessage, bytes.Repeat([]byte{byte('a' + i)}, size)); err != nil {
				t.Fatal(err)
			}
			m := <-l.received
			if len(m.Data) != min(size, 1000) || m.Cut != (size > 1000) || m.Data[0] != byte('a'+i) {
				t.Errorf("%d bytes came as %d, cut: %t", size, len(m.Data), m.Cut)
			}
		}
		l.cancel()
		<-l.result
		<-end
		s.stop()
	})
}

// served is a Conn at the server's end of a line.
func served(t *testing.T, s *server, limits wire.Limits) (*running, *wire.Conn, <-chan error) {
	t.Helper()
	l, ws := open(t, s, wire.Limits{})
	c := wire.NewConn(ws, limits)
	result := make(chan error, 1)
	go func() {
		result <- c.Serve(t.Context(), websocket.CloseGoingAway, func(wire.Message) error { return nil })
	}()
	return l, c, result
}

func TestConn_CloseComesAfterWhatIsQueued(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		l, c, result := served(t, s, wire.Limits{})
		for range 3 {
			_ = c.Send([]byte("last"))
		}
		c.Close(4403, "name-taken")
		c.Close(1000, "too late")
		if err := c.Send([]byte("after")); !errors.Is(err, signaling.ErrOffline) {
			t.Errorf("Send returned %v", err)
		}
		if err := <-result; err != nil {
			t.Errorf("Serve returned %v", err)
		}
		var word *wire.CloseError
		if end := <-l.closed; !errors.As(end.cause, &word) || word.Code != 4403 || word.Text != "name-taken" {
			t.Errorf("closed because of %v", end.cause)
		}
		if n := len(l.received); n != 3 {
			t.Errorf("%d messages arrived, want 3", n)
		}
		l.finish(t)
		s.stop()
	})
}

func TestConn_CloseIsBoundedWhenNobodyAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		l, ws := open(t, s, wire.Limits{})
		before := time.Now()
		_ = ws.SetReadDeadline(time.Time{}) // nobody reads ws
		l.finish(t)
		if took := time.Since(before); took > 2*time.Second {
			t.Errorf("closing took %v", took)
		}
		_ = ws.Close()
		s.stop()
	})
}

// TestConn_DropDoesNotWaitForTheQueue has a reader that stops for a moment: it
// must still hear why it was dropped.
func TestConn_DropDoesNotWaitForTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		r := record()
		release := make(chan struct{})
		r.receive = func(wire.Message) error {
			<-release
			return nil
		}
		l := run(t, wire.Options{NetDial: s.dial}, r)
		ws := <-s.sockets
		c := wire.NewConn(ws, wire.Limits{Queue: 50})
		result := make(chan error, 1)
		go func() {
			result <- c.Serve(t.Context(), websocket.CloseGoingAway, func(wire.Message) error { return nil })
		}()
		for c.Send(make([]byte, 10<<10)) == nil {
			synctest.Wait()
		}
		c.Drop(4408, "slow")
		<-time.After(time.Second / 2) // of virtual time
		close(release)
		if err := <-result; err != nil {
			t.Errorf("Serve returned %v", err)
		}
		var word *wire.CloseError
		if end := <-l.closed; !errors.As(end.cause, &word) || word.Code != 4408 {
			t.Errorf("closed because of %v", end.cause)
		}
		if n := len(l.received); n > 5 {
			t.Errorf("%d messages were written after Drop", n)
		}
		l.finish(t)
		s.stop()
	})
}

func TestDial_OneConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		c, err := wire.Dial(t.Context(), wire.Options{URL: "ws://server.invalid/", NetDial: s.dial, Subprotocols: []string{"one", "two"}})
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Subprotocol(); got != "two" {
			t.Errorf("subprotocol %q", got)
		}
		ws := <-s.sockets
		greeted := make(chan error, 1)
		go func() { greeted <- ws.WriteMessage(websocket.TextMessage, []byte("hello")) }() // a pipe holds nothing
		_, end := read(ws)
		heard := errors.New("enough")
		if err := c.Serve(t.Context(), websocket.CloseGoingAway, func(m wire.Message) error {
			if string(m.Data) != "hello" {
				t.Errorf("received %q", m.Data)
			}
			return heard
		}); !errors.Is(err, heard) {
			t.Errorf("Serve returned %v", err)
		}
		<-end
		if err := <-greeted; err != nil {
			t.Error(err)
		}

		var refused *wire.RefusedError
		_, err = wire.Dial(t.Context(), wire.Options{URL: "ws://server.invalid/", NetDial: s.dial, Header: http.Header{"X-Refuse": {"yes"}}})
		if !errors.As(err, &refused) || refused.Status != http.StatusForbidden {
			t.Errorf("Dial returned %v", err)
		}
		if _, err := wire.Dial(t.Context(), wire.Options{URL: "http://server.invalid/"}); err == nil {
			t.Error("Dial took another address")
		}
		s.stop()
	})
}
