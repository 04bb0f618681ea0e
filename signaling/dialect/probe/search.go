package probe

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"

	"parley/signaling/dialect/profile"
	"parley/signaling/wire"
	"parley/signaling/wire/socketio"
)

// greeting is what was seen at one door.
type greeting struct {
	open    bool
	frames  []any  // said by itself
	refusal string // of Socket.IO, for not letting us in
	status  int    // of HTTP, in place of a WebSocket
}

// searchServers tells Socket.IO from a raw WebSocket. The ways of both are tried
// at once: one that is none is refused, or hears nothing from us.
func (at *origin) searchServers(ctx context.Context) result {
	socketsCtx, cancel := context.WithCancel(ctx)
	defer cancel()
	var sockets []visitor
	var anonymous greeting
	var trying sync.WaitGroup
	trying.Go(func() { sockets, anonymous = at.visitSockets(socketsCtx) })
	eio, events := at.visitEvents(ctx)
	if eio != 0 {
		cancel()
	}
	trying.Wait()
	switch {
	case eio != 0:
		return at.recognise(ctx, scene{
			kind: profile.SocketIO, eio: eio, anonymous: events, visitors: at.visitNamespaces(ctx, eio, events),
		})
	case anonymous.open || anyOpen(sockets):
		return at.recognise(ctx, scene{kind: profile.WebSocket, anonymous: anonymous, visitors: sockets})
	}
	r := result{rank: reachable}
	r.report.Findings = []Finding{at.notWebSocket(anonymous)}
	return r
}

// visitEvents tells the version of Engine.IO that is spoken at the base, 0 if
// none is. 4 goes first: an older server shows itself by its answer, while a
// newer one that is asked for 3 breaks the WebSocket.
func (at *origin) visitEvents(ctx context.Context) (eio int, g greeting) {
	for _, eio := range []int{4, 3} {
		d, err := at.eventsDoor(eio)
		if err != nil {
			return 0, g
		}
		g, err = at.visit(ctx, d)
		if g.open || errors.Is(err, errRefused) {
			return eio, g
		}
		if !errors.Is(err, socketio.ErrVersion) && g.status != http.StatusBadRequest {
			return 0, g
		}
	}
	return 0, g
}

func (at *origin) eventsDoor(eio int) (door, error) {
	u, err := socketio.URL(at.base.String(), "", nil, eio)
	return door{url: u, events: &socketio.Options{EIO: eio}}, err
}

// visit opens a door and listens for a while. The error says why it did not
// open.
func (at *origin) visit(ctx context.Context, d door) (greeting, error) {
	var g greeting
	c, err := at.open(ctx, d)
	if err != nil {
		var refused *wire.RefusedError
		if errors.As(err, &refused) {
			g.status = refused.Status
		}
		return g, err
	}
	defer c.close()
	entering, cancel := context.WithTimeout(ctx, greeted)
	defer cancel()
	if err := c.enter(entering); err != nil {
		if errors.Is(err, errRefused) {
			g.refusal = c.refusal // the connection has ended
		}
		return g, err
	}
	g.open = true
	g.frames = c.listen(ctx, greeted, func(any) bool { return false })
	return g, nil
}

// visitor is a profile's own way to a server, and what was seen there.
type visitor struct {
	guest    guest
	door     door
	greeting greeting
	done     bool // the visit
}

func anyOpen(all []visitor) bool {
	return slices.ContainsFunc(all, func(v visitor) bool { return v.greeting.open })
}

// visitSockets opens the base, and each way of a profile of raw WebSockets.
func (at *origin) visitSockets(ctx context.Context) ([]visitor, greeting) {
	all := at.visitAll(ctx, append([]visitor{{door: door{url: at.base.String()}}}, at.visitors(profile.WebSocket)...))
	return all[1:], all[0].greeting
}

// visitNamespaces opens the ways of profiles that differ from the one that has
// been seen.
func (at *origin) visitNamespaces(ctx context.Context, eio int, seen greeting) []visitor {
	usual, err := at.eventsDoor(eio)
	if err != nil {
		return nil
	}
	all := []visitor{{door: usual, greeting: seen, done: true}}
	return at.visitAll(ctx, append(all, at.visitors(profile.SocketIO)...))[1:]
}

// visitors are the profiles of a kind of server and the doors they go through.
// Those that lack something to get there are left out.
func (at *origin) visitors(kind profile.ChannelKind) []visitor {
	var out []visitor
	for _, p := range at.options.Profiles {
		c, ok := p.Channels[profile.Main]
		if !ok || c.Kind != kind {
			continue
		}
		g := newGuest(p, at.base)
		if d, err := g.door(c); err == nil {
			out = append(out, visitor{guest: g, door: d})
		}
	}
	return out
}

// visitAll visits all at once, and those behind the same door together.
func (at *origin) visitAll(ctx context.Context, all []visitor) []visitor {
	guides := make([]int, len(all))
	for i := range all {
		guides[i] = first(all, i)
	}
	var visiting sync.WaitGroup
	for i, guide := range guides {
		if guide == i && !all[i].done {
			visiting.Go(func() { all[i].greeting, _ = at.visit(ctx, all[i].door) })
		}
	}
	visiting.Wait()
	for i, guide := range guides {
		all[i].greeting, all[i].done = all[guide].greeting, true
	}
	return all
}

// first is the first visitor who goes through the door of the i-th.
func first(all []visitor, i int) int {
	return slices.IndexFunc(all, func(v visitor) bool { return same(v.door, all[i].door) })
}
