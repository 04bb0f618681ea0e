package session_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"parley/call"
	"parley/call/session"
	"parley/media"
)

// Three people do anything at any moment while connections and paths break. In
// the end everybody is either at rest or talks to somebody who agrees, and no
// peer is left over.
func TestChaos(t *testing.T) {
	for seed := range uint64(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			bothOrders(t, func(w *world) {
				w.relay.Delay = 20 * time.Millisecond
				people := []*person{w.person("ann"), w.person("ben"), w.person("cyd")}
				random := rand.New(rand.NewPCG(seed, 0))
				for range 60 {
					w.anything(random, people)
					after(time.Duration(random.IntN(100)) * time.Millisecond)
					if random.IntN(20) == 0 {
						after(20 * time.Second)
					}
				}
				w.network.Mend()
				for _, p := range people {
					p.client.Restore()
				}
				after(2 * time.Minute)
				w.checkRest(people)
			})
		})
	}
}

// anything lets one random thing happen.
func (w *world) anything(random *rand.Rand, people []*person) {
	p, other := people[random.IntN(3)], people[random.IntN(3)]
	switch random.IntN(16) {
	case 0, 1, 2:
		if p != other {
			p.dial(other)
		}
	case 3, 4, 5, 6:
		p.Post(session.Accept{Kind: media.Video})
	case 7:
		p.Post(session.Accept{Kind: media.Audio})
	case 8:
		p.Post(session.Reject{Text: "no"})
	case 9, 10:
		p.Post(session.Hangup{})
	case 11:
		p.client.Cut(nil)
	case 12, 13:
		p.client.Restore()
	case 14:
		w.network.Break()
	case 15:
		w.network.Mend()
	}
}

// checkRest checks that everybody agrees with everybody about every call.
func (w *world) checkRest(people []*person) {
	w.t.Helper()
	talking := 0
	for _, p := range people {
		s := p.now().Call
		switch s.Phase {
		case call.Idle:
		case call.Active:
			talking++
			for _, other := range people {
				if o := other.now().Call; other.client.Address() == s.Remote && (o.ID != s.ID || o.Phase != s.Phase || o.Kind != s.Kind) {
					w.t.Errorf("%s is in %s, %s in %s", p.client.Address().Name, call.DescribeState(s), s.Remote.Name, call.DescribeState(o))
				}
			}
		case call.Calling, call.Ringing, call.Connecting, call.Recovering, call.Closing:
			w.t.Errorf("%s is left in %s", p.client.Address().Name, call.DescribeState(s))
		}
		for _, r := range p.ledger.all() {
			if r.ID == "" || r.Name == "" || r.Started.IsZero() || r.End == call.NoReason || r.Duration < 0 {
				w.t.Errorf("%s has the record %+v", p.client.Address().Name, r)
			}
		}
	}
	if n := len(w.network.Ends()); n != talking {
		w.t.Errorf("%d peers for %d who talk", n, talking)
	}
}
