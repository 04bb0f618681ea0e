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

// maxPending is how many writes may wait before calls are no longer recorded.
// Nobody calls so often but a server that invents callers, which must neither
// fill the memory nor keep the program from ending.
const maxPending = 256

// Ledger writes to a Book in the background, in order, and reports the book's
// content after each change. It implements session.Ledger.
type Ledger struct {
	book *Book
	post func(session.Input)
	log  *slog.Logger

	mu      sync.Mutex
	pending []func(context.Context) error
	wake    chan struct{}
}

// NewLedger returns a ledger of b that Run sets to work. post must not block.
func NewLedger(b *Book, post func(session.Input), log *slog.Logger) *Ledger {
	l := &Ledger{book: b, post: post, log: log, wake: make(chan struct{}, 1)}
	l.enqueue(func(context.Context) error { return nil }) // the first report
	return l
}

// Record keeps a call that is over, unless calls come faster than they can be
// written.
func (l *Ledger) Record(r call.Record) {
	if l.flooded() {
		l.log.Debug("a call was not recorded", "call", r.ID)
		return
	}
	l.enqueue(func(ctx context.Context) error { return l.book.Record(ctx, r) })
}

func (l *Ledger) flooded() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.pending) >= maxPending
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

// Run writes until ctx is done, and then what is still pending. It reports the
// book's present content first.
func (l *Ledger) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			l.write()
			return
		case <-l.wake:
			if l.write() {
				l.report()
			}
		}
	}
}

func (l *Ledger) enqueue(write func(context.Context) error) {
	l.mu.Lock()
	l.pending = append(l.pending, write)
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// write empties the queue and tells whether there was something in it. What
// was accepted is written, whatever ends the program.
func (l *Ledger) write() bool {
	l.mu.Lock()
	writes := l.pending
	l.pending = nil
	l.mu.Unlock()
	for _, write := range writes {
		if err := write(context.Background()); err != nil {
			l.complain(err)
		}
	}
	return len(writes) > 0
}

func (l *Ledger) report() {
	ctx := context.Background()
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
