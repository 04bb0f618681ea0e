//go:build e2e

package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/gorilla/websocket"
)

type object = map[string]any

// bidi is a connection of W3C WebDriver BiDi. Its calls may overlap.
type bidi struct {
	socket *websocket.Conn
	gone   chan struct{} // closed when the reader has ended

	mu      sync.Mutex // guards writing and what follows
	last    int
	waiting map[int]chan reply
}

type reply struct {
	ID      int
	Type    string
	Result  json.RawMessage
	Error   string
	Message string
}

func dialBiDi(url string) (*bidi, error) {
	socket, response, err := websocket.DefaultDialer.Dial(url, nil)
	if err != nil {
		return nil, fmt.Errorf("connect to the browser: %w", err)
	}
	_ = response.Body.Close() // of an upgraded connection, so it is empty
	b := &bidi{socket: socket, gone: make(chan struct{}), waiting: map[int]chan reply{}}
	go b.read()
	return b, nil
}

func (b *bidi) read() {
	defer close(b.gone)
	for {
		var r reply
		if err := b.socket.ReadJSON(&r); err != nil {
			return
		}
		b.mu.Lock()
		answer, ok := b.waiting[r.ID]
		delete(b.waiting, r.ID)
		b.mu.Unlock()
		if ok {
			answer <- r
		}
	}
}

// call sends a command and decodes its result, unless that is nil.
func (b *bidi) call(ctx context.Context, method string, params object, result any) error {
	answer, err := b.send(method, params)
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	select {
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", method, ctx.Err())
	case <-b.gone:
		return fmt.Errorf("%s: the browser is gone", method)
	case r := <-answer:
		if r.Type == "error" {
			return fmt.Errorf("%s: %s: %s", method, r.Error, r.Message)
		}
		if result == nil {
			return nil
		}
		return json.Unmarshal(r.Result, result)
	}
}

func (b *bidi) send(method string, params object) (<-chan reply, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last++
	answer := make(chan reply, 1)
	b.waiting[b.last] = answer
	return answer, b.socket.WriteJSON(object{"id": b.last, "method": method, "params": params})
}

func (b *bidi) close() {
	_ = b.socket.Close() // the other end may be gone
	<-b.gone
}
