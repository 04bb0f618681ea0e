package peertest

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/call"
	"parley/call/peer"
	"parley/call/peer/conn"
	"parley/media"
	"parley/signaling"
)

// patience is how long Wait waits. It is long because the machine may be busy.
const patience = 30 * time.Second

// End is one end of a call: its peer, its devices, and what its peer said.
type End struct {
	Factory     *peer.Factory
	Width       atomic.Int64          // of the pictures that Run takes, 16:9
	FrameBytes  atomic.Int64          // length of a frame, where the bit rate allows it
	EncodeError atomic.Pointer[error] // what the video encoder fails with
	Keys        atomic.Int64          // key frames encoded
	Bitrate     atomic.Int64          // what the video encoder was told last
	Loss        atomic.Int64          // what the audio encoder was told last, percent
	CameraLag   atomic.Int64          // nanoseconds from the capture of a picture to its publication
	Buffered    atomic.Int64          // nanoseconds that the playout lets sound wait by itself
	Held        atomic.Int64          // nanoseconds that it is to wait at least

	t       *testing.T
	video   media.Feed
	audio   media.SoundFeed
	share   media.Feed
	screen  *screen
	shared  *screen // what is shown of the other side's screen
	playout *playout
	open    atomic.Int64 // codecs and playouts
	broken  atomic.Bool  // the video decoder is to forget what it has
	changed chan struct{}

	mu     sync.Mutex
	peer   *peer.Peer
	events []call.Event
	taken  map[uint64]time.Time // when pictures were captured
	first  map[media.Kind]int
	stats  []call.Stats
	beside bool // the other side takes a screen beside the camera
	shows  bool // it shows its own so
	to     func(call.Event)
}

// NewEnd returns an end whose configuration was passed through change.
func NewEnd(t *testing.T, change ...func(*peer.Config)) *End {
	t.Helper()
	e := &End{t: t, first: map[media.Kind]int{}, taken: map[uint64]time.Time{}, changed: make(chan struct{}, 1)}
	e.FrameBytes.Store(3000)
	e.Width.Store(320)
	e.screen, e.shared, e.playout = &screen{end: e}, &screen{end: e}, &playout{end: e}
	config := e.config()
	for _, c := range change {
		c(&config)
	}
	f, err := peer.NewFactory(config)
	if err != nil {
		t.Fatal(err)
	}
	e.Factory = f
	return e
}

func (e *End) config() peer.Config {
	return peer.Config{
		Sources: peer.Sources{Video: &e.video, Audio: &e.audio, Share: &e.share},
		Screen:  e.screen, Shared: e.shared,
		NewVideoEncoder: func(_ string, _, _ int, s media.VideoSettings) (media.VideoEncoder, error) {
			e.open.Add(1)
			e.Bitrate.Store(int64(s.Bitrate))
			return &videoEncoder{end: e}, nil
		},
		NewVideoDecoder: func(string) (media.VideoDecoder, error) {
			e.open.Add(1)
			return &videoDecoder{end: e}, nil
		},
		NewAudioEncoder: func() (media.AudioEncoder, error) {
			e.open.Add(1)
			return &audioEncoder{end: e}, nil
		},
		NewPlayout: func() (peer.Playout, error) {
			e.open.Add(1)
			return e.playout, nil
		},
		Network: Network(e.t),
	}
}

// Network returns options for connections on this host alone.
func Network(t *testing.T) conn.Options {
	t.Helper()
	return conn.Options{Loopback: true, NoMDNS: true, Log: Log(t)}
}

// Open opens the end's peer, which offers as Caller.
func (e *End) Open(id signaling.CallID, role call.Role, kind media.Kind) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.peer = e.Factory.Open(call.Open{ID: id, Offers: role == call.Caller, Kind: kind}, peer.Handler{
		Event:      e.event,
		FirstFrame: func(kind media.Kind, _ time.Time) { e.note(func() { e.first[kind]++ }) },
		Stats:      func(s call.Stats) { e.note(func() { e.stats = append(e.stats, s) }) },
		Twin:       func(takes bool) { e.note(func() { e.beside = takes }) },
		Shown:      func(on bool) { e.note(func() { e.shows = on }) },
	})
}

// Peer returns the end's peer, after Open.
func (e *End) Peer() *peer.Peer {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.peer
}

// Forward says where what the peer says goes, beside Events; nil for nowhere.
func (e *End) Forward(to func(call.Event)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.to = to
}

func (e *End) event(ev call.Event) {
	var to func(call.Event)
	e.note(func() {
		e.events = append(e.events, ev)
		to = e.to
	})
	if to != nil {
		to(ev)
	}
}

func (e *End) note(change func()) {
	e.mu.Lock()
	change()
	e.mu.Unlock()
	e.signal()
}

func (e *End) signal() {
	select {
	case e.changed <- struct{}{}:
	default:
	}
}

// Wait waits until cond holds; it is asked after everything that happens to the
// end. Only one goroutine may wait for an end.
func (e *End) Wait(what string, cond func() bool) {
	e.t.Helper()
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	for !cond() {
		select {
		case <-e.changed:
		case <-timeout.C:
			e.t.Fatalf("no %s in time; events: %v, %d pictures, %d sounds", what, e.words(), len(e.Pictures()), len(e.Sounds()))
		}
	}
}

// Events returns what the peer has said.
func (e *End) Events() []call.Event {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]call.Event(nil), e.events...)
}

// Said returns how often the peer has said a kind of event.
func Said[T call.Event](e *End) int {
	n := 0
	for _, ev := range e.Events() {
		if _, ok := ev.(T); ok {
			n++
		}
	}
	return n
}

// words names the events for a failed test.
func (e *End) words() []string {
	words := []string{}
	for _, ev := range e.Events() {
		switch ev.(type) {
		case call.LocalDescription:
			words = append(words, "description")
		case call.LocalCandidate:
			words = append(words, "candidate")
		case call.PeerUp:
			words = append(words, "up")
		case call.PeerDown:
			words = append(words, "down")
		case call.PeerFailed:
			words = append(words, "failed")
		case call.PeerLeft:
			words = append(words, "left")
		case call.PeerClosed:
			words = append(words, "closed")
		}
	}
	return words
}

// Level returns what the peer said last about the connection: PeerUp, PeerDown,
// PeerFailed, PeerLeft, PeerClosed, or nil.
func (e *End) Level() call.Event {
	var level call.Event
	for _, ev := range e.Events() {
		switch ev.(type) {
		case call.PeerUp, call.PeerDown, call.PeerFailed, call.PeerLeft, call.PeerClosed:
			level = ev
		}
	}
	return level
}

// Up reports whether Level is PeerUp.
func (e *End) Up() bool {
	_, up := e.Level().(call.PeerUp)
	return up
}

// First returns how often a first frame of a kind was reported.
func (e *End) First(kind media.Kind) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.first[kind]
}

// Stats returns the newest reading, or the zero one.
func (e *End) Stats() call.Stats {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.stats) == 0 {
		return call.Stats{}
	}
	return e.stats[len(e.stats)-1]
}

// BreakDecoder lets the video decoder forget the pictures it has, as after a loss.
func (e *End) BreakDecoder() { e.broken.Store(true) }

// Pictures returns the numbers of the pictures that were shown.
func (e *End) Pictures() []uint64 { return e.screen.all() }

// Beside reports whether the other side takes a screen beside the camera.
func (e *End) Beside() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.beside
}

// Shows reports whether the other side shows its screen beside its camera.
func (e *End) Shows() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.shows
}

// Shared returns the numbers of the pictures of the other side's screen that were
// shown.
func (e *End) Shared() []uint64 { return e.shared.all() }

// Shown returns the number of the picture that was shown last, and when.
func (e *End) Shown() (number uint64, at time.Time) { return e.screen.last() }

// Taken returns when Run captured a picture.
func (e *End) Taken(number uint64) time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.taken[number]
}

// Sounds returns the packets of sound that came.
func (e *End) Sounds() []Sound { return e.playout.all() }

// Clear forgets what the end has said, seen and heard, before another Open.
func (e *End) Clear() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.events, e.stats, e.first = nil, nil, map[media.Kind]int{}
	e.screen.clear()
	e.shared.clear()
	e.playout.clear()
}

// Close closes the peer and checks that nothing of it is left.
func (e *End) Close() {
	e.t.Helper()
	e.Peer().Close()
	e.Wait("PeerClosed", func() bool { return Said[call.PeerClosed](e) > 0 })
	e.Factory.Wait()
	if n := Said[call.PeerClosed](e); n != 1 {
		e.t.Errorf("PeerClosed %d times", n)
	}
	if n := e.open.Load(); n != 0 {
		e.t.Errorf("%d codecs or playouts were not closed", n)
	}
}
