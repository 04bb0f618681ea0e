package signalingtest_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"parley/signaling"
	"parley/signaling/signalingtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ear keeps what a client reports.
type ear struct {
	mu     sync.Mutex
	events []signaling.Event
}

func (e *ear) hear(event signaling.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.events = append(e.events, event)
}

// heard returns everything once nothing moves any more.
func (e *ear) heard() []signaling.Event {
	synctest.Wait()
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.events)
}

// run starts a client and returns who listens to it.
func run(t *testing.T, c *signalingtest.Client) *ear {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	events := &ear{}
	left := make(chan error)
	go func() { left <- c.Run(ctx, events.hear) }()
	t.Cleanup(func() {
		stop()
		if err := <-left; err != nil {
			t.Errorf("run: %v", err)
		}
	})
	synctest.Wait()
	return events
}

func TestRelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		relay := signalingtest.NewRelay("wss://relay", signaling.Capabilities{Bye: true})
		ann, ben := relay.Client("ann"), relay.Client("ben")
		heardByAnn := run(t, ann)
		heardByBen := run(t, ben)
		member := func(c *signalingtest.Client) signaling.Member {
			return signaling.Member{Address: c.Address(), Name: c.Address().Name, Kind: signaling.Person}
		}
		for _, id := range []signaling.CallID{"1", "2"} {
			if err := ann.Send(signaling.Envelope{Peer: ben.Address(), Call: id, Message: signaling.Bye{}}); err != nil {
				t.Fatal(err)
			}
		}
		nobody := signaling.Address{Server: relay.URL, Name: "nobody"}
		if err := ann.Send(signaling.Envelope{Peer: nobody, Call: "3", Message: signaling.Ringing{}}); err != nil {
			t.Fatal(err)
		}
		check(t, heardByBen, []signaling.Event{
			signaling.Linked{Server: relay.URL, Self: member(ben), Capabilities: relay.Capabilities},
			signaling.Roster{Server: relay.URL, Members: []signaling.Member{member(ann)}},
			signaling.Received{Envelope: signaling.Envelope{Peer: ann.Address(), Call: "1", Message: signaling.Bye{}}},
			signaling.Received{Envelope: signaling.Envelope{Peer: ann.Address(), Call: "2", Message: signaling.Bye{}}},
		})
		check(t, heardByAnn, []signaling.Event{
			signaling.Linked{Server: relay.URL, Self: member(ann), Capabilities: relay.Capabilities},
			signaling.Roster{Server: relay.URL},
			signaling.Roster{Server: relay.URL, Members: []signaling.Member{member(ben)}},
			signaling.Received{Envelope: signaling.Envelope{Peer: nobody, Call: "3", Message: signaling.Unavailable{Code: "unknown-peer"}}},
		})
	})
}

func check(t *testing.T, e *ear, want []signaling.Event) {
	t.Helper()
	if got := e.heard(); !reflect.DeepEqual(got, want) {
		t.Errorf("heard\n%+v, want\n%+v", got, want)
	}
}

func TestDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		relay := signalingtest.NewRelay("wss://relay", signaling.Capabilities{})
		relay.Delay = time.Second
		ann := relay.Client("ann")
		events := run(t, ann)
		<-time.After(time.Minute)
		began := len(events.heard())
		if err := ann.Invite(); err != nil {
			t.Fatal(err)
		}
		<-time.After(999 * time.Millisecond)
		before := len(events.heard())
		<-time.After(2 * time.Millisecond)
		after := events.heard()
		link, ok := after[len(after)-1].(signaling.InviteLink)
		if before != began || !ok || link.URL != "wss://relay/i/ann" {
			t.Errorf("heard %d at first, %d before the delay, at last %+v", began, before, after)
		}
	})
}

func TestCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		relay := signalingtest.NewRelay("wss://relay", signaling.Capabilities{})
		relay.Delay = time.Second
		ann := relay.Client("ann")
		events := run(t, ann)
		if err := ann.Invite(); err != nil {
			t.Fatal(err)
		}
		cause := errors.New("cut")
		ann.Cut(cause)
		ann.Cut(cause)
		if err := ann.Send(signaling.Envelope{}); !errors.Is(err, signaling.ErrOffline) {
			t.Errorf("send gives %v", err)
		}
		if err := ann.Invite(); !errors.Is(err, signaling.ErrOffline) {
			t.Errorf("invite gives %v", err)
		}
		ann.Restore()
		ann.Restore()
		<-time.After(2 * time.Second)
		var names []string
		for _, e := range events.heard()[1:] {
			names = append(names, reflect.TypeOf(e).Name())
		}
		if want := []string{"Unlinked", "Linked", "Roster"}; !reflect.DeepEqual(names, want) {
			t.Errorf("heard %v, want %v: what was on its way is lost", names, want)
		}
	})
}
