package dialect

import (
	"context"
	"time"

	"parley/signaling"
	"parley/signaling/dialect/engine"
	"parley/signaling/dialect/profile"
	"parley/signaling/wire"
)

// socket is a channel on a WebSocket, which comes back when it is lost. It
// belongs to the loop; its line runs in a goroutine of its own.
type socket struct {
	link    *link
	via     string
	line    *wire.Line
	stop    context.CancelFunc
	gone    chan struct{} // closed when the loop listens no more
	begin   func(s *socket, now time.Time) framing
	framing framing // nil while the WebSocket is not open
	opened  bool    // the engine was told
}

// framing is how frames travel on one opened WebSocket.
type framing interface {
	// start says what comes first.
	start()
	// hear takes a message; the error says that the connection is of no use.
	hear(m wire.Message, now time.Time) error
	write(w engine.Write, now time.Time) error
	tick(now time.Time) error
	next() time.Time
}

// newSocket begins to open a channel.
func newSocket(k *link, via string, c profile.Channel) (*socket, error) {
	s := &socket{link: k, via: via, gone: make(chan struct{}), begin: beginRaw}
	options, err := k.loop.client.doors.line(k, c)
	if err != nil {
		return nil, err
	}
	if c.Kind == profile.SocketIO {
		if s.begin, err = socketIO(k, c); err != nil {
			return nil, err
		}
	}
	if s.line, err = wire.New(options); err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	k.loop.others.Go(func() {
		_ = s.line.Run(ctx, &ear{s}) // nothing here is Final: it returns nil
	})
	return s, nil
}

// ear is the side of a socket that runs in its line's goroutine: all it does is
// to hand what it hears to the loop, in order.
type ear struct{ socket *socket }

var _ wire.Handler = (*ear)(nil)

// tell has the loop do something, if it still listens.
func (e *ear) tell(do func(*socket)) {
	s := e.socket
	select {
	case s.link.loop.inbox <- func() {
		if !s.isGone() {
			do(s)
		}
	}:
	case <-s.gone:
	}
}

// Opened implements wire.Handler.
func (e *ear) Opened() error {
	e.tell((*socket).isOpen)
	return nil
}

// Receive implements wire.Handler.
func (e *ear) Receive(m wire.Message) error {
	e.tell(func(s *socket) { s.hear(m) })
	return nil
}

// Closed implements wire.Handler.
func (e *ear) Closed(cause error, retry time.Duration) {
	e.tell(func(s *socket) { s.closed(cause, retry) })
}

func (s *socket) isGone() bool {
	select {
	case <-s.gone:
		return true
	default:
		return false
	}
}

// isOpen takes the news that the WebSocket is open.
func (s *socket) isOpen() {
	s.framing = s.begin(s, time.Now())
	s.framing.start()
}

// ready tells the engine that frames can be said.
func (s *socket) ready() {
	s.opened = true
	s.link.act(s.link.engine.Opened(s.via, time.Now()))
}

func (s *socket) hear(m wire.Message) {
	if s.framing == nil {
		return // it was closed by us
	}
	s.check(s.framing.hear(m, time.Now()))
}

// heard takes a frame.
func (s *socket) heard(frame any) {
	s.link.act(s.link.engine.Heard(s.via, frame, time.Now()))
	s.link.loop.count(s.link)
}

// odd counts a message that is no frame.
func (s *socket) odd() {
	s.link.strange++
	s.link.loop.count(s.link)
}

// check closes the WebSocket, to open it again, when it is of no use.
func (s *socket) check(err error) {
	if err != nil && s.framing != nil {
		s.reopen(err)
		if s.via == profile.Main {
			s.link.lost()
		}
	}
}

// reopen closes the WebSocket; its line opens it again.
func (s *socket) reopen(cause error) {
	if s.framing != nil {
		s.framing = nil
		s.line.Reopen(cause)
	}
}

// closed takes the news that the WebSocket was lost, or could not be opened.
// What other channels than main lose is theirs.
func (s *socket) closed(cause error, retry time.Duration) {
	s.framing, s.opened = nil, false
	if s.via == profile.Main {
		s.link.mainClosed(cause, retry)
	}
}

// write sends a frame.
func (s *socket) write(w engine.Write) error {
	if s.framing == nil || !s.opened {
		return signaling.ErrOffline
	}
	return s.framing.write(w, time.Now())
}

func (s *socket) tick(now time.Time) {
	if s.framing == nil {
		return
	}
	if next := s.framing.next(); !next.IsZero() && !now.Before(next) {
		s.check(s.framing.tick(now))
	}
}

func (s *socket) next() time.Time {
	if s.framing == nil {
		return time.Time{}
	}
	return s.framing.next()
}

// part closes the WebSocket for good, after writing what is queued. Its end is
// all that is said of it: a Socket.IO server does not listen to the last words of
// those whose DISCONNECT packet comes with them.
func (s *socket) part() {
	s.framing = nil
	close(s.gone)
	s.stop()
}
