package session

import "sync"

// mailbox is an unbounded queue of small messages. Unbounded, because a sender
// that waited for the loop could be what the loop waits for; media never goes
// through it.
type mailbox struct {
	wake   chan struct{} // holds a token while something may be waiting
	mu     sync.Mutex
	queue  []Input
	closed bool
}

func newMailbox() *mailbox { return &mailbox{wake: make(chan struct{}, 1)} }

// put adds in at the end. It never blocks. After close it does nothing.
func (m *mailbox) put(in Input) {
	m.mu.Lock()
	if !m.closed {
		m.queue = append(m.queue, in)
	}
	m.mu.Unlock()
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// take returns everything that waits, oldest first.
func (m *mailbox) take() []Input {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := m.queue
	m.queue = nil
	return all
}

// close drops what waits and whatever comes later.
func (m *mailbox) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed, m.queue = true, nil
}
