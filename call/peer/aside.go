package peer

import (
	"parley/call"
	"parley/call/peer/conn"
)

var _ conn.Hearer = (*Peer)(nil)

// Tell lets the other side know a, where it can be told; see Handler.Heard.
func (p *Peer) Tell(a call.Aside) { p.conn.Tell(a) }

// Heard implements conn.Hearer.
func (p *Peer) Heard(a call.Aside) {
	if p.handler.Heard != nil {
		p.handler.Heard(a)
	}
}
