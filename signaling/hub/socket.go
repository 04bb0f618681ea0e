package hub

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gorilla/websocket"

	"parley/signaling"
	"parley/signaling/hub/frame"
	"parley/signaling/wire"
)

// spare is how many connections beyond the limit are let in to be told that the
// hub is full. Beyond these there is only a status of HTTP.
const spare = 64

// connection is one WebSocket of the hub. It belongs to the goroutine that reads it.
type connection struct {
	hub   *Hub
	conn  *wire.Conn
	seat  *seat
	meter *meter // nil: of this process, and not measured
	bad   tally
}

// socket serves /ws for as long as the WebSocket lasts.
func (h *Hub) socket(w http.ResponseWriter, r *http.Request) {
	count, ok := h.door.enter()
	if !ok || count > h.options.Limits.Connections+spare {
		if ok {
			h.door.leave()
		}
		http.Error(w, "the hub is full or about to stop", http.StatusServiceUnavailable)
		return
	}
	defer h.door.leave()
	u := websocket.Upgrader{
		Subprotocols:     []string{frame.Protocol},
		CheckOrigin:      h.ownPage,
		HandshakeTimeout: 10 * time.Second,
	}
	ws, err := u.Upgrade(w, r, nil)
	if err != nil {
		h.log.Debug("no WebSocket", "err", err) // the client has been told
		return
	}
	kind := localKind(r.Context())
	c := h.connection(ws, kind)
	switch {
	case ws.Subprotocol() != frame.Protocol:
		h.do(func(r *registry) { r.refuse(c.seat, frame.Version, "this hub speaks "+frame.Protocol) })
	case kind == "" && count > h.options.Limits.Connections:
		h.do(func(r *registry) { r.refuse(c.seat, frame.Full, "the hub has as many connections as it takes") })
	}
	c.serve(r.Context())
}

func (h *Hub) connection(ws *websocket.Conn, kind signaling.MemberKind) *connection {
	limits := h.options.Limits
	wired := limits.Wire
	wired.MaxMessage = frame.MaxSize
	conn := wire.NewConn(ws, wired)
	c := &connection{hub: h, conn: conn, seat: &seat{out: conn, kind: kind}, bad: tally{most: limits.BadFrames}}
	if kind == "" {
		c.meter = newMeter(limits, h.options.Now())
	}
	return c
}

func (c *connection) serve(ctx context.Context) {
	fired := make(chan struct{})
	patience := time.AfterFunc(c.hub.options.Limits.Identify, func() {
		defer close(fired)
		c.hub.do(func(r *registry) { r.late(c.seat) })
	})
	err := c.conn.Serve(ctx, websocket.CloseGoingAway, c.receive)
	if !patience.Stop() {
		<-fired
	}
	c.hub.do(func(r *registry) { r.leave(c.seat) })
	c.hub.log.Debug("connection ended", "err", err)
}

// receive takes one message from the socket.
func (c *connection) receive(m wire.Message) error {
	now := c.hub.options.Now()
	if c.meter != nil && !c.measure(now) {
		return nil
	}
	f, err := decode(m)
	if err != nil {
		c.complain(err, now)
		return nil
	}
	c.hub.do(func(r *registry) { r.receive(c.seat, f, now) })
	return nil
}

func decode(m wire.Message) (frame.Frame, error) {
	if m.Binary {
		return nil, frame.Error{Code: frame.BadFrame, Text: "binary; frames are text"}
	}
	return frame.FromClient(m.Data)
}

// measure tells whether the frame is in time.
func (c *connection) measure(now time.Time) bool {
	switch c.meter.take(now) {
	case pass:
		return true
	case warn:
		c.hub.do(func(r *registry) { r.complain(c.seat, frame.Error{Code: frame.TooFast, Text: "frames are dropped"}) })
	case dismiss:
		c.hub.do(func(r *registry) { r.refuse(c.seat, frame.TooFast, "too many frames for too long") })
	case drop:
	}
	return false
}

// complain tells the client of a frame that could not be read, and ends the
// connection of one that does nothing else.
func (c *connection) complain(err error, now time.Time) {
	var e frame.Error
	if !errors.As(err, &e) {
		e = frame.Error{Code: frame.BadFrame, Text: err.Error()}
	}
	many := c.bad.add(now)
	c.hub.do(func(r *registry) {
		r.complain(c.seat, e)
		if many {
			r.refuse(c.seat, frame.BadFrame, "too many bad frames")
		}
	})
}
