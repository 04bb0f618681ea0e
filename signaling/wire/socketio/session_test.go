package socketio_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"parley/signaling/wire/socketio"
)

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

const (
	handshake = `0{"sid":"engine","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}`
	cycle     = 45 * time.Second // of the handshake: pingInterval and pingTimeout
)

// script is a session with a clock of its own.
type script struct {
	*testing.T
	*socketio.Session
	now time.Time
}

func begin(t *testing.T, o socketio.Options) *script {
	t.Helper()
	return &script{t, socketio.New(o, start), start}
}

// hears says a text to the session and looks at what comes of it.
func (s *script) hears(text string, want ...socketio.Out) {
	s.Helper()
	got, err := s.Hear([]byte(text), s.now)
	if err != nil || len(got)+len(want) != 0 && !reflect.DeepEqual(got, want) {
		s.Errorf("%s: got %v, %v; want %v", text, show(got), err, show(want))
	}
}

// ends says a text that ends the session.
func (s *script) ends(text string, want error) {
	s.Helper()
	if out, err := s.Hear([]byte(text), s.now); !errors.Is(err, want) {
		s.Errorf("%s: got %v, %v; want %v", text, show(out), err, want)
	}
	if _, err := s.Hear([]byte(`2`), s.now); !errors.Is(err, want) {
		s.Errorf("afterwards: %v", err)
	}
	if _, err := s.Tick(s.now); !errors.Is(err, want) || !s.Next().IsZero() || s.Leave() != nil {
		s.Errorf("afterwards Tick: %v, Next: %v, Leave: %s", err, s.Next(), s.Leave())
	}
}

// waits lets time pass until the session wants to do something, and looks what.
func (s *script) waits(d time.Duration, want ...socketio.Out) {
	s.Helper()
	before := s.now
	s.now = s.Next()
	if s.now.Sub(before) != d {
		s.Errorf("Next is in %v, want %v", s.now.Sub(before), d)
	}
	got, err := s.Tick(s.now)
	if err != nil || len(got)+len(want) != 0 && !reflect.DeepEqual(got, want) {
		s.Errorf("Tick: got %v, %v; want %v", show(got), err, show(want))
	}
}

// emits says an event and looks at its text.
func (s *script) emits(want, event string, ack bool, args ...any) (id int) {
	s.Helper()
	got, id, err := s.Emit(event, args, ack, s.now)
	if err != nil || string(got) != want {
		s.Errorf("Emit = %s, %v; want %s", got, err, want)
	}
	return id
}

func show(out []socketio.Out) string {
	parts := make([]string, len(out))
	for i, o := range out {
		parts[i] = fmt.Sprintf("%T%+v", o, o)
		if w, ok := o.(socketio.Write); ok {
			parts[i] = "write " + string(w.Text)
		}
	}
	return strings.Join(parts, ", ")
}

func write(text string) socketio.Out { return socketio.Write{Text: []byte(text)} }

func event(name string, args ...any) socketio.Out {
	return socketio.Event{Name: name, Args: append([]any{}, args...)}
}

func TestSession_Version4(t *testing.T) {
	s := begin(t, socketio.Options{})
	s.hears(handshake, write(`40`))
	if s.Connected() || s.Leave() != nil {
		t.Error("connected before the server said so")
	}
	s.hears(`40{"sid":"mine","pid":"p"}`, socketio.Connected{SID: "mine"})
	s.emits(`42["joinRoom","001"]`, "joinRoom", false, "001")
	s.emits(`42["bare"]`, "bare", false)
	s.hears(`42["connectionSuccess"]`, event("connectionSuccess"))
	s.hears(`42["offer",{"n":12345678901234567890}]`, event("offer", map[string]any{"n": json.Number("12345678901234567890")}))
	s.hears(`429["wants an acknowledgement"]`, event("wants an acknowledgement"))
	s.hears(`42/other,["x"]`)
	s.hears(`40{"sid":"again"}`)
	s.hears(`2`, write(`3`))
	s.hears(`2probe`, write(`3probe`))
	for _, nothing := range []string{`3`, `5`, `6`, `bAAEC`} {
		s.hears(nothing)
	}
	if got := string(s.Leave()); got != `41` {
		t.Errorf("Leave = %s", got)
	}
	s.ends(`41`, socketio.ErrDisconnected)
}

func TestSession_NamespaceAndAuth(t *testing.T) {
	s := begin(t, socketio.Options{Namespace: "chat", Auth: map[string]any{"token": "secret"}})
	s.hears(handshake, write(`40/chat,{"token":"secret"}`))
	s.hears(`40{"sid":"of the other namespace"}`)
	s.hears(`40/chat,{"sid":"mine"}`, socketio.Connected{SID: "mine"})
	id := s.emits(`42/chat,1["q",{"a":1}]`, "q", true, map[string]any{"a": 1})
	s.hears(`43/chat,1[{"ok":true}]`, socketio.Answered{ID: id, Args: []any{map[string]any{"ok": true}}})
	s.hears(`43/chat,1["twice"]`)
	if got := string(s.Leave()); got != `41/chat,` {
		t.Errorf("Leave = %s", got)
	}
}

func TestSession_Version3(t *testing.T) {
	s := begin(t, socketio.Options{EIO: 3, Auth: "left out"})
	s.hears(handshake)
	s.hears(`40`, socketio.Connected{SID: "engine"})
	s.hears(`42["hello"]`, event("hello"))
	for range 3 {
		s.waits(25*time.Second, write(`2`))
		s.hears(`3`)
	}
	s.waits(25*time.Second, write(`2`))
	s.now = s.now.Add(20 * time.Second)
	if !s.Next().Equal(s.now) {
		t.Errorf("Next is %v after the last ping", s.Next().Sub(s.now))
	}
	if _, err := s.Tick(s.now); !errors.Is(err, socketio.ErrSilent) {
		t.Errorf("Tick: %v", err)
	}

	s = begin(t, socketio.Options{EIO: 3, Namespace: "/chat", Auth: "left out"})
	s.hears(handshake, write(`40/chat,`))
	s.hears(`40`)
	s.hears(`40/chat,`, socketio.Connected{SID: "/chat#engine"})
	s.hears(`44/chat,"bare"`, socketio.Refused{Text: "bare", Data: "bare"})
}

// A server of version 2 does not look at EIO, and would wait for our pings.
func TestSession_Version4MeetsVersion2(t *testing.T) {
	s := begin(t, socketio.Options{})
	s.hears(handshake, write(`40`))
	s.ends(`40`, socketio.ErrVersion)
}

func TestSession_Refused(t *testing.T) {
	s := begin(t, socketio.Options{Namespace: "/none"})
	s.hears(handshake, write(`40/none,`))
	s.hears(`44/none,{"message":"Invalid namespace"}`,
		socketio.Refused{Text: "Invalid namespace", Data: map[string]any{"message": "Invalid namespace"}})
	s.hears(`42/none,["early"]`, s.misunderstood(`42/none,["early"]`))
	if s.Next().Sub(start) != cycle || s.Connected() {
		t.Errorf("Next is in %v, connected: %v", s.Next().Sub(start), s.Connected())
	}
	s.hears(`2`, write(`3`))

	s = begin(t, socketio.Options{EIO: 3, Namespace: "/none"})
	s.hears(`0{"sid":"engine","pingInterval":1000,"pingTimeout":1000}`, write(`40/none,`))
	s.hears(`44/none,"Invalid namespace"`, socketio.Refused{Text: "Invalid namespace", Data: "Invalid namespace"})
	for range 20 {
		s.waits(time.Second, write(`2`))
		s.hears(`3`)
	}
}

// A server that shakes hands must let us in, too.
func TestSession_NeverLetIn(t *testing.T) {
	s := begin(t, socketio.Options{EIO: 3, Namespace: "/chat"})
	s.hears(`0{"sid":"engine","pingInterval":7000,"pingTimeout":5000}`, write(`40/chat,`))
	s.waits(7*time.Second, write(`2`))
	s.hears(`3`)
	s.now = start.Add(10 * time.Second)
	if _, err := s.Tick(s.now); !errors.Is(err, socketio.ErrSilent) {
		t.Errorf("Tick: %v", err)
	}
}

// misunderstood returns what a text gives that should be misunderstood.
func (s *script) misunderstood(text string) socketio.Out {
	s.Helper()
	out, err := s.Hear([]byte(text), s.now)
	if len(out) != 1 || err != nil {
		s.Fatalf("%q: %v, %v", text, out, err)
	}
	m, ok := out[0].(socketio.Misunderstood)
	if !ok || !errors.Is(m.Err, socketio.ErrMalformed) {
		s.Fatalf("%q: %v", text, show(out))
	}
	return m
}

func TestSession_MisunderstoodIsNotTheEnd(t *testing.T) {
	s := begin(t, socketio.Options{})
	s.hears(handshake, write(`40`))
	s.hears(`40{"sid":"mine"}`, socketio.Connected{SID: "mine"})
	for _, text := range []string{"", "hello", "9", handshake, "4", `42{"no":"list"}`, `42[`, "{}"} {
		s.misunderstood(text)
	}
	s.hears(`451-["bin",{"_placeholder":true,"num":0}]`,
		event("bin", map[string]any{"_placeholder": true, "num": json.Number("0")}))
	s.ends(`1`, socketio.ErrClosed)
}

func TestSession_NotSocketIO(t *testing.T) {
	for _, text := range []string{"", "123", "{}", "0", `0"sid"`, `0{}`, `0{"sid":5}`, `40`, `{"event":"hello"}`} {
		begin(t, socketio.Options{}).ends(text, socketio.ErrNotSocketIO)
	}
}

func TestSession_Silence(t *testing.T) {
	s := begin(t, socketio.Options{Patience: 5 * time.Second})
	if got := s.Next().Sub(start); got != 5*time.Second {
		t.Errorf("Next is in %v before the handshake", got)
	}
	s.hears(handshake, write(`40`))
	if got := s.Next().Sub(start); got != 5*time.Second {
		t.Errorf("Next is in %v before the namespace", got)
	}
	s.hears(`40{"sid":"mine"}`, socketio.Connected{SID: "mine"})
	for range 3 {
		s.now = s.now.Add(cycle - time.Millisecond)
		if _, err := s.Tick(s.now); err != nil {
			t.Fatal(err)
		}
		s.hears(`2`, write(`3`))
	}
	s.now = s.now.Add(cycle)
	if _, err := s.Tick(s.now); !errors.Is(err, socketio.ErrSilent) {
		t.Errorf("Tick: %v", err)
	}
}

func TestSession_AcknowledgementsAreLate(t *testing.T) {
	s := begin(t, socketio.Options{})
	s.hears(handshake, write(`40`))
	s.hears(`40{"sid":"mine"}`, socketio.Connected{SID: "mine"})
	first := s.emits(`421["a"]`, "a", true)
	second := s.emits(`422["b"]`, "b", true)
	s.waits(10*time.Second,
		socketio.Answered{ID: first, Err: socketio.ErrNoAck}, socketio.Answered{ID: second, Err: socketio.ErrNoAck})
	s.hears(`431[]`)
}

func TestSession_EmitRefuses(t *testing.T) {
	s := begin(t, socketio.Options{})
	for _, name := range []string{"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"} {
		if text, _, err := s.Emit(name, nil, false, start); !errors.Is(err, socketio.ErrReserved) {
			t.Errorf("Emit(%s) = %s, %v", name, text, err)
		}
	}
	if text, _, err := s.Emit("x", []any{make(chan int)}, true, start); err == nil {
		t.Errorf("Emit = %s", text)
	}
	if got := s.emits(`421["x"]`, "x", true); got != 1 {
		t.Errorf("id %d", got)
	}
}

// A server can ask for absurd times.
func TestSession_TimesAreBounded(t *testing.T) {
	for times, want := range map[string]time.Duration{
		`"pingInterval":0,"pingTimeout":-5`:      time.Second,
		`"pingInterval":1e300,"pingTimeout":1e9`: time.Hour,
		`"pingInterval":1500.7`:                  1500 * time.Millisecond,
	} {
		s := begin(t, socketio.Options{EIO: 3})
		s.hears(`0{"sid":"engine",` + times + `}`)
		s.hears(`40`, socketio.Connected{SID: "engine"})
		s.waits(want, write(`2`))
	}
}

func TestEvent_Frame(t *testing.T) {
	got := socketio.Event{Name: "x", Args: []any{"a"}}.Frame()
	if want := map[string]any{"event": "x", "args": []any{"a"}}; !reflect.DeepEqual(got, want) {
		t.Errorf("Frame = %v", got)
	}
}

// FuzzSession_Hear says anything to a session that is connected.
func FuzzSession_Hear(f *testing.F) {
	for _, text := range []string{`2`, `1`, `42["a",{}]`, `431["x"]`, `44{"message":"m"}`, `41`, handshake, `451-["b"]`, `40{"sid":"x"}`} {
		f.Add([]byte(text), false)
		f.Add([]byte(text), true)
	}
	f.Fuzz(func(t *testing.T, text []byte, old bool) {
		o, welcome := socketio.Options{EIO: 4}, `40{"sid":"mine"}`
		if old {
			o, welcome = socketio.Options{EIO: 3}, `40`
		}
		s := socketio.New(o, start)
		for _, hello := range []string{handshake, welcome} {
			if _, err := s.Hear([]byte(hello), start); err != nil {
				t.Fatal(err)
			}
		}
		out, err := s.Hear(text, start)
		if err != nil && len(out) > 0 {
			t.Errorf("%q: both %v and %v", text, show(out), err)
		}
		if err == nil && !s.Connected() {
			t.Errorf("%q disconnected", text)
		}
	})
}
