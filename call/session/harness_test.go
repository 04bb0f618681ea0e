package session_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"parley/call"
	"parley/call/calltest"
	"parley/call/session"
	"parley/media"
	"parley/signaling"
	"parley/signaling/signalingtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// everything is what a server can do at best.
var everything = signaling.Capabilities{
	OfferWithInvite: true, Ringing: true, Decline: true, Busy: true, Cancel: true, Bye: true,
	Presence: true, InviteLinks: true, Kinds: true, Restart: true,
}

// offerLater is a server where the offer follows the accept.
var offerLater = func() signaling.Capabilities {
	c := everything
	c.OfferWithInvite = false
	return c
}()

// world is a server, a network, and people, in virtual time.
type world struct {
	t       *testing.T
	relay   *signalingtest.Relay
	network *calltest.Network
	level   slog.Level // of the logs
}

func inWorld(t *testing.T, c signaling.Capabilities, f func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f(&world{t: t, relay: signalingtest.NewRelay("wss://hub.example/ws", c), network: &calltest.Network{}})
	})
}

// person is one user's session with everything around it.
type person struct {
	tape tape
	*session.Session
	w       *world
	client  *signalingtest.Client
	devices *devices
	ledger  *ledger
	log     *strings.Builder
	refuse  error // what Link.Send returns, if set before a send

	mu        sync.Mutex
	snapshots []session.Snapshot
	sent      []signaling.Envelope
	solved    []string

	leave context.CancelFunc
	left  chan struct{}
}

// person starts a session and its connection.
func (w *world) person(name string) *person {
	p := w.newPerson(name)
	p.start()
	return p
}

// newPerson makes a session that is not started.
func (w *world) newPerson(name string) *person {
	p := &person{
		w: w, client: w.relay.Client(name), devices: &devices{}, ledger: &ledger{}, log: &strings.Builder{},
		left: make(chan struct{}),
	}
	ids := 0
	p.Session = session.New(session.Deps{
		Link: p, Devices: p.devices, Ledger: p.ledger, Recorder: &p.tape, Name: strings.ToUpper(name),
		Open: func(o call.Open, post func(session.Input)) session.Peer {
			return w.network.Open(o, func(e call.Event) { post(session.Called{Event: e}) })
		},
		NewID: func() signaling.CallID {
			ids++
			return signaling.CallID(fmt.Sprintf("%s-%d", name, ids))
		},
		Publish: p.publish,
		Log:     slog.New(slog.NewTextHandler(p.log, &slog.HandlerOptions{Level: w.level})),
	})
	return p
}

func (p *person) start() {
	run, stop := context.WithCancel(context.Background())
	online, offline := context.WithCancel(context.Background())
	connection := make(chan error, 1)
	go func() {
		connection <- p.client.Run(online, func(e signaling.Event) { p.Post(session.Signaled{Event: e}) })
	}()
	go func() {
		defer close(p.left)
		if err := p.Run(run); err != nil {
			p.w.t.Errorf("run: %v", err)
		}
		offline()
		<-connection
	}()
	p.leave = stop
	p.w.t.Cleanup(func() {
		stop()
		<-p.left
	})
	synctest.Wait()
}

// stray is a member of the server who says nothing of itself, not even goodbye.
func (w *world) stray(name string) signaling.Address {
	ctx, stop := context.WithCancel(context.Background())
	left := make(chan struct{})
	client := w.relay.Client(name)
	go func() {
		defer close(left)
		if err := client.Run(ctx, func(signaling.Event) {}); err != nil {
			w.t.Errorf("run: %v", err)
		}
	}()
	w.t.Cleanup(func() {
		stop()
		<-left
	})
	synctest.Wait()
	return client.Address()
}

func (p *person) Send(e signaling.Envelope) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refuse != nil {
		return p.refuse
	}
	p.sent = append(p.sent, e)
	return p.client.Send(e)
}

func (p *person) Invite(server string) error {
	if server != p.w.relay.URL {
		return errors.New("no such server")
	}
	return p.client.Invite()
}

func (p *person) Solve(server, id string, x int) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.solved = append(p.solved, fmt.Sprint(server, " ", id, " ", x))
	return p.refuse
}

func (p *person) publish(s session.Snapshot) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.snapshots = append(p.snapshots, s)
}

// now waits until nothing moves any more and returns the truth.
func (p *person) now() session.Snapshot {
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.snapshots[len(p.snapshots)-1]
}

// is checks the phase once nothing moves any more.
func (p *person) is(want call.Phase) {
	p.w.t.Helper()
	if got := p.now().Call.Phase; got != want {
		p.w.t.Fatalf("%s is %v, want %v", p.client.Address().Name, got, want)
	}
}

// ended checks that the call is over, and why.
func (p *person) ended(want call.Reason) {
	p.w.t.Helper()
	p.is(call.Idle)
	if got := p.now().LastEnd.Reason; got != want {
		p.w.t.Fatalf("%s ended with %v, want %v", p.client.Address().Name, got, want)
	}
}

func (p *person) dial(to *person) { p.dialKind(to, media.Video) }

func (p *person) dialKind(to *person, k media.Kind) {
	p.Post(session.Dial{To: to.client.Address(), Kind: k})
}

// count returns how many messages like m were sent.
func (p *person) count(m signaling.Message) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, e := range p.sent {
		if e.Message == m {
			n++
		}
	}
	return n
}

// talk brings two people into a live call.
func (w *world) talk(a, b *person) {
	w.t.Helper()
	a.dial(b)
	b.is(call.Ringing)
	b.Post(session.Accept{Kind: media.Video})
	a.is(call.Active)
	b.is(call.Active)
}

// after lets virtual time pass.
func after(d time.Duration) { <-time.After(d) }

type devices struct {
	mu      sync.Mutex
	applied []session.Wanted
}

func (d *devices) Apply(w session.Wanted) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.applied = append(d.applied, w)
}

func (d *devices) now() session.Wanted {
	synctest.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.applied[len(d.applied)-1]
}

type ledger struct {
	mu      sync.Mutex
	records []call.Record
	saved   []call.Contact
	removed []signaling.Address
	seen    int
}

func (l *ledger) Record(r call.Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.records = append(l.records, r)
}

func (l *ledger) Save(c call.Contact)        { l.saved = append(l.saved, c) }
func (l *ledger) Remove(a signaling.Address) { l.removed = append(l.removed, a) }
func (l *ledger) SeeMissed()                 { l.seen++ }

func (l *ledger) all() []call.Record {
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.records
}
