package calltest

import (
	"slices"
	"sync"

	"parley/call"
	"parley/signaling"
)

// Network makes peers that carry no media but negotiate, connect, break and
// close like real ones. Two ends of a call connect once both hold the
// descriptions of one round.
type Network struct {
	mu     sync.Mutex
	ends   []*End
	opened []call.Open
	broken bool
	stuck  bool
}

// Open makes an end. post takes what it says and must not block.
func (n *Network) Open(o call.Open, post func(call.Event)) *End {
	n.mu.Lock()
	defer n.mu.Unlock()
	e := &End{network: n, open: o, post: post, local: none, remote: none}
	n.ends = append(n.ends, e)
	n.opened = append(n.opened, o)
	if o.Offers {
		e.describe(signaling.Offer, 0)
	}
	return e
}

// Break makes every path of the network useless until Mend.
func (n *Network) Break() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.broken = true
	for _, e := range n.ends {
		e.disconnect()
	}
}

// Mend lets paths work again, for rounds that begin now.
func (n *Network) Mend() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.broken = false
}

// Stick makes ends that never finish closing.
func (n *Network) Stick() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.stuck = true
}

// Opened returns every peer that was ever opened.
func (n *Network) Opened() []call.Open {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.opened)
}

// Ends returns the peers that are open.
func (n *Network) Ends() []*End {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.ends)
}

// connect brings up both ends of a call if they agree on a round.
func (n *Network) connect(e *End) {
	if n.broken || e.local == none || e.local != e.remote {
		return
	}
	for _, other := range n.ends {
		if other != e && other.open.ID == e.open.ID && other.local == e.local && other.remote == e.remote {
			e.up, other.up = true, true
			e.post(call.PeerUp{ID: e.open.ID})
			other.post(call.PeerUp{ID: e.open.ID})
		}
	}
}

// none is the round of a description that is not there.
const none = -1

// End is one peer of a Network. It fits session.Peer.
type End struct {
	network *Network
	open    call.Open
	post    func(call.Event)

	// Guarded by the network's mutex.
	local, remote int
	up, narrow    bool
	candidates    int
}

// Opening returns with what the end was opened.
func (e *End) Opening() call.Open { return e.open }

// Narrowed reports whether the end was lowered to sound.
func (e *End) Narrowed() bool {
	e.network.mu.Lock()
	defer e.network.mu.Unlock()
	return e.narrow
}

// Candidates returns how many candidates the end was given.
func (e *End) Candidates() int {
	e.network.mu.Lock()
	defer e.network.mu.Unlock()
	return e.candidates
}

// Restart offers a new round.
func (e *End) Restart(round int) {
	e.network.mu.Lock()
	defer e.network.mu.Unlock()
	e.disconnect()
	e.describe(signaling.Offer, round)
}

// SetRemote takes a description, and answers an offer.
func (e *End) SetRemote(d signaling.Description) {
	e.network.mu.Lock()
	defer e.network.mu.Unlock()
	e.remote = d.Round
	if d.Type == signaling.Offer {
		e.disconnect()
		e.describe(signaling.Answer, d.Round)
	}
	e.network.connect(e)
}

// AddCandidate counts.
func (e *End) AddCandidate(signaling.Candidate) {
	e.network.mu.Lock()
	defer e.network.mu.Unlock()
	e.candidates++
}

// Narrow lowers the end to sound.
func (e *End) Narrow() {
	e.network.mu.Lock()
	defer e.network.mu.Unlock()
	e.narrow = true
}

// Close ends the peer and lets the other side notice.
func (e *End) Close() {
	n := e.network
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.stuck {
		return
	}
	n.ends = slices.DeleteFunc(n.ends, func(x *End) bool { return x == e })
	for _, other := range n.ends {
		if other.open.ID == e.open.ID {
			other.disconnect()
		}
	}
	e.post(call.PeerClosed{ID: e.open.ID})
}

// Leave lets the other side know that this one is gone for good, as a browser
// does whose page closes its connection without a word through the server.
func (e *End) Leave() {
	e.network.mu.Lock()
	defer e.network.mu.Unlock()
	for _, other := range e.network.ends {
		if other != e && other.open.ID == e.open.ID {
			other.up = false
			other.post(call.PeerLeft{ID: e.open.ID})
		}
	}
}

// Fail ends the path for good.
func (e *End) Fail() {
	e.network.mu.Lock()
	defer e.network.mu.Unlock()
	e.up = false
	e.post(call.PeerFailed{ID: e.open.ID})
}

// describe makes a description and a candidate of a round.
func (e *End) describe(t signaling.DescriptionType, round int) {
	e.local = round
	e.post(call.LocalDescription{ID: e.open.ID, Description: signaling.Description{Type: t, SDP: "v=0", Round: round}})
	e.post(call.LocalCandidate{ID: e.open.ID, Candidate: signaling.Candidate{Candidate: "candidate:1"}})
}

func (e *End) disconnect() {
	if e.up {
		e.up = false
		e.post(call.PeerDown{ID: e.open.ID})
	}
}
