package book

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"parley/call"
	"parley/call/session"
	"parley/signaling"
)

// historyLimit is how many calls a report carries: more than anybody scrolls.
const historyLimit = 500

// Ledger writes to a Book in the background, in order, and reports the book's
// content after each change. It implements session.Ledger.
type Ledger struct {
	book *Book
	post func(session.Input)
	log  *slog.Logger

	mu      sync.Mutex
	pending []func(context.Context) error
	closed  bool
	wake    chan struct{}
	done    chan struct{}
}

// NewLedger starts writing to b and reports its present content to post at
// once. post must not block. The caller closes the ledger, then the book.
func NewLedger(b *Book, post func(session.Input), log *slog.Logger) *Ledger {
	l := &Ledger{book: b, post: post, log: log, wake: make(chan struct{}, 1), done: make(chan struct{})}
	l.enqueue(func(context.Context) error { return nil })
	go l.run()
	return l
}

// Record keeps a call that is over.
func (l *Ledger) Record(r call.Record) {
	l.enqueue(func(ctx context.Context) error { return l.book.Record(ctx, r) })
}

// Save adds or changes a contact.
func (l *Ledger) Save(c call.Contact) {
	l.enqueue(func(ctx context.Context) error { return l.book.SaveContact(ctx, c) })
}

// Remove forgets a contact.
func (l *Ledger) Remove(a signaling.Address) {
	l.enqueue(func(ctx context.Context) error { return l.book.RemoveContact(ctx, a) })
}

// SeeMissed marks every missed call as seen.
func (l *Ledger) SeeMissed() { l.enqueue(l.book.SeeMissed) }

// Close writes what is pending and ends the ledger.
func (l *Ledger) Close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.signal()
	<-l.done
}

func (l *Ledger) enqueue(write func(context.Context) error) {
	l.mu.Lock()
	if !l.closed {
		l.pending = append(l.pending, write)
	}
	l.mu.Unlock()
	l.signal()
}

func (l *Ledger) signal() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (l *Ledger) run() {
	defer close(l.done)
	ctx := context.Background() // what was accepted is written, whatever ends the program
	for range l.wake {
		l.mu.Lock()
		writes, closed := l.pending, l.closed
		l.pending = nil
		l.mu.Unlock()
		for _, write := range writes {
			if err := write(ctx); err != nil {
				l.complain(err)
			}
		}
		if len(writes) > 0 && !closed {
			l.report(ctx)
		}
		if closed {
			return
		}
	}
}

func (l *Ledger) report(ctx context.Context) {
	contacts, err := l.book.Contacts(ctx)
	history, err2 := l.book.History(ctx, historyLimit)
	if err := errors.Join(err, err2); err != nil {
		l.complain(err)
		return
	}
	l.post(session.BookChanged{Contacts: contacts, History: history})
}

func (l *Ledger) complain(err error) {
	l.log.Error("the book was not written", "err", err)
	l.post(session.Noticed{Notice: session.Notice{Code: code(err), Err: err, Since: time.Now()}})
}

func code(err error) string {
	switch {
	case errors.Is(err, ErrDiskFull):
		return "diskFull"
	case errors.Is(err, ErrReadOnly):
		return "bookReadOnly"
	}
	return "bookFailed"
}
