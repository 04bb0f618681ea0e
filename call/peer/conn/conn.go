package conn

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"parley/call"
	"parley/signaling"
)

// Media is what flows over a connection. Its methods are called from the
// connection's queue and must not block.
type Media interface {
	// Attach adds what will be sent to the new PeerConnection, before anything else.
	Attach() error
	// Offered is told of a remote offer that is applied, before the answer is made.
	Offered(remote *sdp.SessionDescription) error
	// Agreed is told the remote half of an exchange that is complete, without a twin.
	Agreed(remote *sdp.SessionDescription)
	// Track is told of a remote track whose first packet is here.
	Track(*webrtc.TrackRemote, *webrtc.RTPReceiver)
	// Level is told whether what is sent can arrive, whenever that may have changed.
	Level(up bool)
}

// Conn is one PeerConnection. All methods may be called from any goroutine and
// return at once.
type Conn struct {
	id       signaling.CallID
	remote   signaling.Address
	offers   bool
	habits   signaling.PeerHabits
	media    Media
	post     func(call.Event)
	timeouts Timeouts
	log      *slog.Logger

	queue   *Queue
	workers sync.WaitGroup
	launch  func(func(context.Context)) context.CancelFunc
	stop    context.CancelFunc
	started chan struct{} // closed when pion reads what comes
	done    chan struct{}

	// What follows belongs to the queue.
	pc       *webrtc.PeerConnection // nil when opening failed, and after Close
	tally    *tally
	flow     *Flow
	splice   *splice
	round    int
	applied  string // the remote description in force
	unsent   *draft // our description that waits for candidates
	sent     signaling.Description
	early    []signaling.Candidate // remote candidates of a description that is not here
	accepted int                   // remote candidates handed to pion
	wasUp    bool
	farewell bool // the remote said goodbye by DTLS
	left     bool // that was reported
	goodbye  *channel
	aside    aside
	channels int   // that the remote opened
	twin     *twin // nil unless the media has a second track of pictures
	parity   bool  // the media understands it
}

// Open makes a connection of call o.ID for the media that the given function
// returns for it. It offers at once or, if that is the other side's to do, waits
// for SetRemote.
// Whatever it has to say goes to post, which must not block: LocalDescription,
// LocalCandidate, PeerUp, PeerDown, PeerFailed, PeerLeft, and at last PeerClosed,
// exactly once, after Close.
func (a *API) Open(o call.Open, media func(*Conn) Media, post func(call.Event)) *Conn {
	ctx, stop := context.WithCancel(context.Background())
	c := &Conn{
		id: o.ID, remote: o.Remote, offers: o.Offers, habits: a.habits(o.Remote), post: post, timeouts: a.timeouts, parity: a.options.Parity,
		log:   a.log.With("component", "conn", "call", o.ID),
		queue: NewQueue(), stop: stop, started: make(chan struct{}), done: make(chan struct{}),
	}
	c.launch = func(work func(context.Context)) context.CancelFunc {
		ctx, stop := context.WithCancel(ctx)
		c.workers.Go(func() {
			defer stop()
			work(ctx)
		})
		return stop
	}
	c.media = media(c)
	c.queue.Put(func() { c.start(a) })
	go func() {
		defer close(c.done)
		c.queue.Run()
		c.post(call.PeerClosed{ID: c.id})
	}()
	return c
}

// Do runs task on the queue, or never when the connection is closed by then.
func (c *Conn) Do(task func()) { c.queue.Put(task) }

// Go runs work in a goroutine that Close waits for. Its context ends with Close
// or with the returned function. Go must be called from the queue, or from such
// a goroutine.
func (c *Conn) Go(work func(context.Context)) context.CancelFunc { return c.launch(work) }

// Done is closed when nothing of the connection is left.
func (c *Conn) Done() <-chan struct{} { return c.done }

// PeerConnection returns pion's connection, for a Media to add tracks to. It may
// be called from the queue only, before Close.
func (c *Conn) PeerConnection() *webrtc.PeerConnection { return c.pc }

// Flow returns what leaves the connection, with Options.Paced. It may be called
// from the queue only, once Attach is called.
func (c *Conn) Flow() *Flow { return c.flow }

// NACKs returns how many requests for retransmission were sent for a remote SSRC.
func (c *Conn) NACKs(ssrc uint32) uint64 {
	if c.tally == nil {
		return 0
	}
	return c.tally.of(ssrc)
}

func (c *Conn) start(a *API) {
	if err := c.open(a); err != nil {
		c.fail("open", err)
		return
	}
	if c.offers {
		c.attempt("offer", func() error { return c.offer(nil) })
	}
}

func (c *Conn) open(a *API) error {
	pc, splice, err := a.newPeerConnection(c.remote)
	if err != nil {
		return err
	}
	c.pc, c.tally, c.flow, c.splice = pc, a.tallies.take(pc.ID()), a.flows.take(pc.ID()), splice
	pc.OnICECandidate(func(i *webrtc.ICECandidate) { c.Do(func() { c.gathered(i) }) })
	pc.OnICEConnectionStateChange(func(webrtc.ICEConnectionState) { c.Do(c.level) })
	pc.OnConnectionStateChange(c.connectionState())
	pc.SCTP().Transport().OnStateChange(func(webrtc.DTLSTransportState) { c.Do(c.level) })
	pc.OnDataChannel(func(d *webrtc.DataChannel) {
		c.listen(d)
		c.Do(func() { c.channelCame(d) })
	})
	pc.OnTrack(func(t *webrtc.TrackRemote, r *webrtc.RTPReceiver) { c.Do(func() { c.media.Track(t, r) }) })
	if err := c.media.Attach(); err != nil {
		return fmt.Errorf("conn: attaching media: %w", err)
	}
	return c.openChannel()
}

// attempt runs a step of negotiation. pion parses what strangers send, so a
// panic in there must cost one call and not the program.
func (c *Conn) attempt(step string, work func() error) {
	if c.pc == nil {
		c.post(call.PeerFailed{ID: c.id})
		return
	}
	var err error
	func() {
		defer func() {
			if r := recover(); r != nil {
				err = fmt.Errorf("conn: panic: %v", r)
			}
		}()
		err = work()
	}()
	if err != nil {
		c.fail(step, err)
	}
}

// fail reports that a step failed. The error can quote descriptions and
// candidates, so only Debug sees it.
func (c *Conn) fail(step string, err error) {
	c.log.Warn("negotiation failed", "step", step, "round", c.round)
	c.log.Debug("negotiation failed", "step", step, "round", c.round, "err", err)
	c.post(call.PeerFailed{ID: c.id})
}
