package dialect_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/call"
	"parley/media"
	"parley/signaling"
	"parley/signaling/dialect"
)

// actor is a user with a real call machine and a peer that only describes
// itself. All of it runs in the goroutine of its test.
type actor struct {
	*user
	state   call.State
	linked  signaling.Linked
	up      bool
	links   int // how often it came up
	here    map[string]bool
	faults  []signaling.Fault
	started int                                        // calls and peers, for ids
	peers   map[signaling.CallID]*peer                 // open
	early   map[signaling.CallID]signaling.Description // offers before their peer
	got     []signaling.Candidate                      // of the present call
	kind    media.Kind                                 // that the next ring is accepted with
	accepts bool                                       // rings at once
	trace   []string
}

// peer stands for a peer connection.
type peer struct {
	offers bool
	ufrag  string
	local  bool
}

func newActor(t *testing.T, o dialect.Options) *actor {
	t.Helper()
	return &actor{
		user: run(t, o), here: map[string]bool{}, accepts: true, kind: media.Video,
		peers: map[signaling.CallID]*peer{}, early: map[signaling.CallID]signaling.Description{},
	}
}

// description is SDP that every server takes for real.
func description(ufrag string) string {
	return strings.ReplaceAll(fmt.Sprintf(`v=0
o=- 4611731400430051336 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
a=msid-semantic: WMS
m=audio 9 UDP/TLS/RTP/SAVPF 111
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=ice-ufrag:%[1]s
a=ice-pwd:%[1]sasd88fgpdd777uzjYhagZg
a=ice-options:trickle
a=fingerprint:sha-256 D2:FA:0E:C3:22:59:5E:14:95:69:92:3D:13:B4:84:24:2C:C2:A2:C0:3E:FD:34:8E:5E:EA:6F:AF:52:CE:E6:0F
a=setup:actpass
a=mid:0
a=sendrecv
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=ssrc:1001 cname:%[1]s
m=video 9 UDP/TLS/RTP/SAVPF 96
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=ice-ufrag:%[1]s
a=ice-pwd:%[1]sasd88fgpdd777uzjYhagZg
a=ice-options:trickle
a=fingerprint:sha-256 D2:FA:0E:C3:22:59:5E:14:95:69:92:3D:13:B4:84:24:2C:C2:A2:C0:3E:FD:34:8E:5E:EA:6F:AF:52:CE:E6:0F
a=setup:actpass
a=mid:1
a=sendrecv
a=rtcp-mux
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 nack pli
a=ssrc:1002 cname:%[1]s
`, ufrag), "\n", "\r\n")
}

// step takes an event, and does what comes of it.
func (a *actor) step(e call.Event) {
	next, effects := call.Step(a.state, e)
	if next.Phase != a.state.Phase {
		a.trace = append(a.trace, next.Phase.String())
	}
	a.state = next
	for _, effect := range effects {
		a.do(effect)
	}
	if a.state.Phase == call.Ringing && a.accepts {
		a.step(call.Accept{Kind: a.kind})
	}
}

func (a *actor) do(effect call.Effect) {
	a.t.Helper()
	switch e := effect.(type) {
	case call.Send:
		a.trace = append(a.trace, fmt.Sprintf("> %T", e.Envelope.Message))
		if err := a.Send(e.Envelope); err != nil {
			a.trace = append(a.trace, err.Error())
		}
	case call.Open:
		a.started++
		p := &peer{offers: e.Offers, ufrag: fmt.Sprintf("%s%d", strings.ToLower(rand()), a.started)}
		a.peers[e.ID], a.got = p, nil
		if p.offers {
			a.describe(e.ID, p, signaling.Offer)
		} else if d, ok := a.early[e.ID]; ok {
			delete(a.early, e.ID)
			a.remote(e.ID, d)
		}
	case call.SetRemote:
		a.remote(e.ID, e.Description)
	case call.AddCandidate:
		a.got = append(a.got, e.Candidate)
	case call.Close:
		delete(a.peers, e.ID)
		a.step(call.PeerClosed(e))
	case call.Forget:
		delete(a.early, e.ID)
	case call.Narrow, call.Restart:
	}
}

// describe makes a description, and a candidate that comes later.
func (a *actor) describe(id signaling.CallID, p *peer, kind signaling.DescriptionType) {
	p.local = true
	a.step(call.LocalDescription{ID: id, Description: signaling.Description{Type: kind, SDP: description(p.ufrag), Round: a.state.Round}})
	mid, line := "0", uint16(0)
	a.step(call.LocalCandidate{ID: id, Candidate: signaling.Candidate{
		Candidate: "candidate:1 1 udp 2130706431 127.0.0.1 50000 typ host ufrag " + p.ufrag, SDPMid: &mid, SDPMLineIndex: &line,
	}})
}

func (a *actor) remote(id signaling.CallID, d signaling.Description) {
	p := a.peers[id]
	switch {
	case p == nil:
		a.early[id] = d
		return
	case d.Type == signaling.Offer:
		a.describe(id, p, signaling.Answer)
	}
	a.step(call.PeerUp{ID: id})
}

// heard takes an event of the client.
func (a *actor) heard(e signaling.Event) {
	switch e := e.(type) {
	case signaling.Linked:
		a.linked, a.up = e, true
		a.links++
		a.step(call.Link{Server: e.Server, Up: true})
	case signaling.Unlinked:
		a.up, a.here = false, map[string]bool{}
		a.step(call.Link{Server: e.Server})
	case signaling.Roster:
		clear(a.here)
		for _, m := range e.Members {
			a.here[m.Address.Name] = true
		}
	case signaling.Received:
		a.trace = append(a.trace, fmt.Sprintf("< %T", e.Envelope.Message))
		a.step(call.Received{Envelope: e.Envelope, Once: !a.linked.Capabilities.Restart})
	case signaling.Fault:
		a.faults = append(a.faults, e)
	case signaling.InviteLink, signaling.Counted, signaling.Challenge:
	}
}

// dial calls somebody.
func (a *actor) dial(name string) {
	a.started++
	c := a.linked.Capabilities
	a.step(call.Dial{
		ID: signaling.CallID(fmt.Sprintf("%s-%s", rand(), "call")), Kind: media.Video, Name: "somebody",
		To:         signaling.Address{Server: a.linked.Server, Name: name},
		OfferFirst: c.OfferWithInvite, Once: !c.Restart, Reachable: a.up,
	})
}

// until lets actors live until a condition holds.
func until(t *testing.T, what string, holds func() bool, a, b *actor) {
	t.Helper()
	late := time.After(patience)
	for !holds() {
		if !live(a, b, late) {
			t.Fatalf("%s did not come\nfirst: %v %v %v\nsecond: %v %v %v", what,
				a.state.Phase, a.trace, a.faults, b.state.Phase, b.trace, b.faults)
		}
	}
}

// rest lets actors live for a while.
func rest(d time.Duration, a, b *actor) {
	for over := time.After(d); live(a, b, over); {
	}
}

// live hands one event to an actor, unless the time is over.
func live(a, b *actor, over <-chan time.Time) bool {
	select {
	case e := <-a.events:
		a.heard(e)
	case e := <-b.events:
		b.heard(e)
	case <-over:
		return false
	}
	return true
}

// both tells whether two actors are in this phase.
func both(p call.Phase, a, b *actor) func() bool {
	return func() bool { return a.state.Phase == p && b.state.Phase == p }
}
