package conn

import (
	"sync"

	"github.com/pion/interceptor"
)

// each makes one interceptor per PeerConnection and hands it to whoever opens
// that, by the connection's id. It is an interceptor.Factory.
type each[T interceptor.Interceptor] struct {
	build func() T
	mu    sync.Mutex
	byID  map[string]T
}

func newEach[T interceptor.Interceptor](build func() T) *each[T] {
	return &each[T]{build: build, byID: map[string]T{}}
}

// NewInterceptor implements interceptor.Factory.
func (e *each[T]) NewInterceptor(id string) (interceptor.Interceptor, error) {
	n := e.build()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.byID[id] = n
	return n, nil
}

// take returns what was made for a connection, once.
func (e *each[T]) take(id string) T {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := e.byID[id]
	delete(e.byID, id)
	return n
}

// fresh makes an interceptor for each PeerConnection. It is an interceptor.Factory.
type fresh func() interceptor.Interceptor

// NewInterceptor implements interceptor.Factory.
func (f fresh) NewInterceptor(string) (interceptor.Interceptor, error) { return f(), nil }
