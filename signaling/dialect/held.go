package dialect

import (
	"errors"
	"time"

	"parley/signaling"
)

// The bounds of what waits for a room to be joined.
const (
	maxHeld  = 256
	holdTime = 10 * time.Second
)

// send says an envelope, or keeps it until the room is joined.
func (k *link) send(e signaling.Envelope) {
	if !k.ready && (k.renewed || k.loop.client.isRooms()) {
		k.hold(e)
		return
	}
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

// giveUp says of every call for which something waits that nobody can be reached.
func (k *link) giveUp(code string) {
	held := k.held
	k.held, k.late = nil, time.Time{}
	said := map[signaling.CallID]bool{}
	for _, e := range held {
		if !said[e.Call] {
			said[e.Call] = true
			k.loop.say(signaling.Received{Envelope: signaling.Envelope{
				Peer: e.Peer, Call: e.Call, Message: signaling.Unavailable{Code: code},
			}})
		}
	}
}
