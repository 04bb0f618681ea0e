package dialect

import (
	"errors"
	"slices"
	"time"

	"parley/signaling"
	"parley/signaling/dialect/profile"
)

// The bounds of what waits for a room to be joined.
const (
	maxHeld  = 256
	holdTime = 10 * time.Second
)

// send says an envelope, or keeps it until the room is joined. Where the end of
// a connection is the goodbye, one of a call that the last connection was for
// has been said: it must not end the next connection, too.
func (k *link) send(e signaling.Envelope) {
	switch {
	case k.ready || !k.renewed && !k.loop.client.isRooms():
		k.say(e)
	case !isGoodbye(e.Message):
		k.hold(e)
	case k.recall(e.Call): // nobody heard of it
	case k.loop.client.options.Profile.Flow.Leave == profile.Reconnect:
		k.say(e) // the engine forgets the call
	default:
		k.hold(e)
	}
}

func isGoodbye(m signaling.Message) bool {
	switch m.(type) {
	case signaling.Decline, signaling.Busy, signaling.Cancel, signaling.Bye:
		return true
	}
	return false
}

// say hands an envelope to the engine.
func (k *link) say(e signaling.Envelope) {
	acts, err := k.engine.Send(e, time.Now())
	switch {
	case errors.Is(err, signaling.ErrOffline):
		k.loop.client.log.Debug("not sent", "call", e.Call, "err", err)
	case err != nil:
		k.loop.fault("send-failed", err)
	}
	k.act(acts)
}

// hold keeps an envelope. What is too much is given up with the rest of its call.
func (k *link) hold(e signaling.Envelope) {
	if len(k.held) >= maxHeld {
		k.giveUp("backlog")
	}
	if len(k.held) == 0 {
		k.late = time.Now().Add(holdTime)
	}
	k.held = append(k.held, e)
}

// recall takes back what waits for a call, and tells whether its invite did.
func (k *link) recall(call signaling.CallID) bool {
	rings := func(e signaling.Envelope) bool { return e.Call == call && isInvite(e) }
	if !slices.ContainsFunc(k.held, rings) {
		return false
	}
	k.held = slices.DeleteFunc(k.held, func(e signaling.Envelope) bool { return e.Call == call })
	if len(k.held) == 0 {
		k.late = time.Time{}
	}
	return true
}

// unring takes back every call that waits, since whoever makes it hears that the
// server is lost, and ends it.
func (k *link) unring() {
	for _, e := range slices.Clone(k.held) {
		if isInvite(e) {
			k.recall(e.Call)
		}
	}
}

func isInvite(e signaling.Envelope) bool {
	_, ok := e.Message.(signaling.Invite)
	return ok
}

// giveUp says of every call for which something waits that nobody can be reached.
func (k *link) giveUp(code string) {
	held := k.held
	k.held, k.late = nil, time.Time{}
	said := map[signaling.CallID]bool{}
	for _, e := range held {
		if !said[e.Call] {
			said[e.Call] = true
			k.loop.unavailable(e, code)
		}
	}
}

// unavailable says of an envelope's call that nobody can be reached.
func (l *loop) unavailable(e signaling.Envelope, code string) {
	l.say(signaling.Received{Envelope: signaling.Envelope{
		Peer: e.Peer, Call: e.Call, Message: signaling.Unavailable{Code: code},
	}})
}
