package hub_test

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"parley/signaling/hub"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bench is a hub in memory and what a test does to it. It lives in a bubble of
// virtual time.
type bench struct {
	*testing.T
	*hub.Hub
	cancel context.CancelFunc
	result chan error
}

// virtually runs test with a hub that has these options, in virtual time.
func virtually(t *testing.T, o hub.Options, test func(*bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o.Listener = hub.Nowhere()
		if o.PublicURL == "" {
			o.PublicURL = "https://hub.example"
		}
		h, err := hub.New(o)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		b := &bench{t, h, cancel, make(chan error, 1)}
		go func() { b.result <- h.Serve(ctx) }()
		defer b.stop()
		test(b)
	})
}

// stop stops the hub, once.
func (b *bench) stop() {
	b.Helper()
	if b.cancel == nil {
		return
	}
	b.cancel()
	b.cancel = nil
	if err := <-b.result; err != nil {
		b.Errorf("Serve returned %v", err)
	}
}

// raw is a client that knows nothing of this program's own: it proves what is
// on the wire.
type raw struct {
	t      *testing.T
	ws     *websocket.Conn
	frames chan string
	end    chan error
	once   sync.Once
}

// dial connects without a word.
func (b *bench) dial(protocols ...string) *raw {
	b.Helper()
	d := websocket.Dialer{NetDialContext: b.Dial, Subprotocols: protocols}
	ws, response, err := d.DialContext(b.Context(), "ws://127.0.0.1/ws", nil)
	if err != nil {
		b.Fatalf("dial: %v", err)
	}
	_ = response.Body.Close()
	return &raw{t: b.T, ws: ws, frames: make(chan string, 5000), end: make(chan error, 1)}
}

// listen begins to read.
func (r *raw) listen() *raw {
	r.once.Do(func() {
		go func() {
			for {
				_, text, err := r.ws.ReadMessage()
				if err != nil {
					_ = r.ws.Close()
					close(r.frames)
					r.end <- err
					return
				}
				r.frames <- string(text)
			}
		}()
	})
	return r
}

// connect connects and begins to read.
func (b *bench) connect() *raw { b.Helper(); return b.dial("parley.hub.v1").listen() }

// join connects, identifies and reads welcome and presence, which it returns.
func (b *bench) join(identify string) (r *raw, welcome, presence map[string]any) {
	b.Helper()
	r = b.connect()
	r.send(identify)
	return r, r.next("welcome"), r.next("presence")
}

// member joins by a name.
func (b *bench) member(name string) *raw {
	b.Helper()
	r, _, _ := b.join(`{"type":"identify","name":"` + name + `"}`)
	return r
}

func (r *raw) send(text string) {
	r.t.Helper()
	if err := r.ws.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		r.t.Fatalf("send: %v", err)
	}
}

// next returns the next frame, which must be of that type.
func (r *raw) next(kind string) map[string]any {
	r.t.Helper()
	text, ok := <-r.frames
	if !ok {
		r.t.Fatalf("the connection ended where %s should be: %v", kind, <-r.end)
	}
	var f map[string]any
	if err := json.Unmarshal([]byte(text), &f); err != nil || f["type"] != kind {
		r.t.Fatalf("got %s where %s should be", text, kind)
	}
	return f
}

// expect reads the next frame, which must say the same as want.
func (r *raw) expect(want string) {
	r.t.Helper()
	text, ok := <-r.frames
	if !ok {
		r.t.Fatalf("the connection ended where %s should be: %v", want, <-r.end)
	}
	var a, b any
	if err := errors.Join(json.Unmarshal([]byte(text), &a), json.Unmarshal([]byte(want), &b)); err != nil || !reflect.DeepEqual(a, b) {
		r.t.Fatalf("got  %s\nwant %s", text, want)
	}
}

// expectError reads an error of that code.
func (r *raw) expectError(code string) map[string]any {
	r.t.Helper()
	f := r.next("error")
	if f["code"] != code {
		r.t.Fatalf("got error %v, want %s", f, code)
	}
	return f
}

// expectNothing proves that nothing is on its way.
func (r *raw) expectNothing() {
	r.t.Helper()
	synctest.Wait()
	select {
	case text, ok := <-r.frames:
		if !ok {
			r.t.Errorf("the connection ended: %v", <-r.end)
			return
		}
		r.t.Errorf("got %s, want nothing", text)
	default:
	}
}

// expectEnd waits for the end of the connection, with that code.
func (r *raw) expectEnd(code int, text string) {
	r.t.Helper()
	for f := range r.frames {
		r.t.Errorf("got %s before the end", f)
	}
	var e *websocket.CloseError
	if err := <-r.end; !errors.As(err, &e) || e.Code != code || e.Text != text {
		r.t.Errorf("ended with %v, want %d %s", err, code, text)
	}
}

// refused waits for an error and the end of that code.
func (r *raw) refused(code string, number int) {
	r.t.Helper()
	r.expectError(code)
	r.expectEnd(number, code)
}

// link makes an invite link and returns its token.
func (r *raw) link() string {
	r.t.Helper()
	r.send(`{"type":"link"}`)
	url, _ := r.next("link")["url"].(string)
	token, ok := strings.CutPrefix(url, "https://hub.example/i/")
	if !ok || len(token) != 22 {
		r.t.Fatalf("link %q", url)
	}
	return token
}
