package control

import (
	"errors"
	"io"
	"sync"
	"time"
)

// pipeLimit bounds what waits for a reader that does not read.
const pipeLimit = 4 << 20

// ErrNotRead is returned by Pipe.Write when the reader has left too much unread.
var ErrNotRead = errors.New("control: the events are not being read")

// Pipe lets a writer go on while the reader behind it is slow, so that a script
// that does not read its events cannot hold up a call.
type Pipe struct {
	out  io.Writer
	wake chan struct{}
	done chan struct{}
	lost chan error // why nothing is written any more, once

	mu      sync.Mutex
	pending []byte
	closed  bool
	failed  error
}

// NewPipe returns a pipe to out. The caller closes it.
func NewPipe(out io.Writer) *Pipe {
	p := &Pipe{out: out, wake: make(chan struct{}, 1), done: make(chan struct{}), lost: make(chan error, 1)}
	go p.run()
	return p
}

// Write takes b whole or not at all. It never blocks.
func (p *Pipe) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failed == nil && len(p.pending)+len(b) > pipeLimit {
		p.fail(ErrNotRead)
	}
	if p.failed != nil {
		return 0, p.failed
	}
	p.pending = append(p.pending, b...)
	p.signal()
	return len(b), nil
}

// Close waits up to limit for what was written to be read. What then still
// waits is left to a goroutine that ends with the reader.
func (p *Pipe) Close(limit time.Duration) {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.signal()
	select {
	case <-p.done:
	case <-time.After(limit):
	}
}

func (p *Pipe) signal() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

func (p *Pipe) run() {
	defer close(p.done)
	for range p.wake {
		p.mu.Lock()
		b, closed := p.pending, p.closed
		p.pending = nil
		p.mu.Unlock()
		if err := p.pass(b); err != nil || closed {
			return
		}
	}
}

func (p *Pipe) pass(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	_, err := p.out.Write(b)
	if err != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.pending = nil
		p.fail(err)
	}
	return err
}

// fail is called with mu held.
func (p *Pipe) fail(err error) {
	if p.failed == nil {
		p.failed = err
		p.lost <- err
	}
}

// Lost gives, once, why nothing is written any more: ErrNotRead, or what the
// reader's end said, such as syscall.EPIPE.
func (p *Pipe) Lost() <-chan error { return p.lost }
