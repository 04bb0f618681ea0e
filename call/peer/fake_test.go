package peer_test

import (
	"encoding/binary"
	"errors"
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

// The fake codec's packets look like VP8 to the packetizer (the first bit tells
// key frames) and hold the frame's number and the number of the frame they build
// on, so that a decoder can tell what it must not be able to decode.
const fakeHeader = 1 + 8 + 8 + 2 + 2

var errReference = errors.New("fake: the frame this one builds on is not here")

type fakeEncoder struct {
	size int // bytes per packet
	last uint64
	keys *atomic.Int64
	bps  *atomic.Int64
}

func (e *fakeEncoder) Encode(f *media.Frame, key bool) ([]byte, error) {
	p := make([]byte, max(e.size, fakeHeader))
	if key || e.last == 0 {
		e.keys.Add(1)
		e.last = 0
	} else {
		p[0] = 1
	}
	binary.BigEndian.PutUint64(p[1:], f.Number)
	binary.BigEndian.PutUint64(p[9:], e.last)
	binary.BigEndian.PutUint16(p[17:], uint16(f.Width()))
	binary.BigEndian.PutUint16(p[19:], uint16(f.Height()))
	for i := fakeHeader; i < len(p); i++ {
		p[i] = byte(i)
	}
	e.last = f.Number
	return p, nil
}

func (e *fakeEncoder) SetBitrate(bps int) error { e.bps.Store(int64(bps)); return nil }
func (e *fakeEncoder) Close() error             { return nil }

type fakeDecoder struct {
	pool media.Pool
	have uint64
	open *atomic.Int64
}

func (d *fakeDecoder) Decode(p []byte) (*media.Frame, error) {
	if len(p) < fakeHeader {
		return nil, errors.New("fake: short packet")
	}
	for i := fakeHeader; i < len(p); i++ {
		if p[i] != byte(i) {
			return nil, errors.New("fake: mangled packet")
		}
	}
	number, base := binary.BigEndian.Uint64(p[1:]), binary.BigEndian.Uint64(p[9:])
	if p[0]&1 == 1 && base != d.have {
		return nil, errReference
	}
	d.have = number
	f := d.pool.Get(int(binary.BigEndian.Uint16(p[17:])), int(binary.BigEndian.Uint16(p[19:])))
	f.Number = number
	return f, nil
}

func (d *fakeDecoder) Close() error { d.open.Add(-1); return nil }

// screen keeps the numbers of the frames it is shown.
type screen struct {
	mu    sync.Mutex
	seen  []uint64
	fresh chan struct{}
}

func newScreen() *screen { return &screen{fresh: make(chan struct{}, 1)} }

func (s *screen) Show(f *media.Frame) {
	s.mu.Lock()
	s.seen = append(s.seen, f.Number)
	s.mu.Unlock()
	select {
	case s.fresh <- struct{}{}:
	default:
	}
}

func (s *screen) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.seen)
}

func (s *screen) last() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.seen) == 0 {
		return 0
	}
	return s.seen[len(s.seen)-1]
}

type fakeAudioEncoder struct{ loss *atomic.Int64 }

func (e *fakeAudioEncoder) Encode(pcm []int16, out []byte) (int, error) {
	if pcm[0] == 0 {
		return 1, nil // silence
	}
	return copy(out, []byte{0x78, byte(pcm[0] >> 8), byte(pcm[0]), 1, 2, 3}), nil
}
func (e *fakeAudioEncoder) SetBitrate(int) error   { return nil }
func (e *fakeAudioEncoder) SetLoss(loss int) error { e.loss.Store(int64(loss)); return nil }
func (e *fakeAudioEncoder) Close() error           { return nil }

// sound is one packet a fake playout got.
type sound struct {
	sequence  uint16
	timestamp uint32
	value     int16 // of the first sample; 0 for a packet of silence
}

type fakePlayout struct {
	mu    sync.Mutex
	got   []sound
	fresh chan struct{}
	open  *atomic.Int64
}

func (p *fakePlayout) Push(sequence uint16, timestamp uint32, payload []byte, _ time.Time) {
	s := sound{sequence: sequence, timestamp: timestamp}
	if len(payload) > 2 {
		s.value = int16(payload[1])<<8 | int16(payload[2])
	}
	p.mu.Lock()
	p.got = append(p.got, s)
	p.mu.Unlock()
	select {
	case p.fresh <- struct{}{}:
	default:
	}
}

func (p *fakePlayout) Stats() peer.PlayoutStats {
	p.mu.Lock()
	defer p.mu.Unlock()
	return peer.PlayoutStats{TotalSamples: uint64(len(p.got)) * 960}
}
func (p *fakePlayout) Close() error { p.open.Add(-1); return nil }

func (p *fakePlayout) sounds() []sound {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]sound(nil), p.got...)
}

// end is one side of a call: its devices and what its peer said.
type end struct {
	t       *testing.T
	factory *peer.Factory
	peer    *peer.Peer
	video   media.Feed
	audio   media.SoundFeed
	screen  *screen
	playout *fakePlayout
	keys    atomic.Int64
	bitrate atomic.Int64
	loss    atomic.Int64
	open    atomic.Int64 // decoders and playouts
	size    int

	mu      sync.Mutex
	events  []call.Event
	first   map[media.Kind]int
	stats   []call.Stats
	changed chan struct{}
	forward func(call.Event) // to the other side
}

func newEnd(t *testing.T, change ...func(*peer.Config)) *end {
	t.Helper()
	e := &end{
		t: t, screen: newScreen(), first: map[media.Kind]int{}, changed: make(chan struct{}, 1), size: 3000,
		forward: func(call.Event) {},
	}
	e.playout = &fakePlayout{fresh: make(chan struct{}, 1), open: &e.open}
	config := peer.Config{
		Sources: peer.Sources{Video: &e.video, Audio: &e.audio},
		Screen:  e.screen,
		NewVideoEncoder: func(string, int, int, int, int) (media.VideoEncoder, error) {
			return &fakeEncoder{size: e.size, keys: &e.keys, bps: &e.bitrate}, nil
		},
		NewVideoDecoder: func(string) (media.VideoDecoder, error) {
			e.open.Add(1)
			return &fakeDecoder{open: &e.open}, nil
		},
		NewAudioEncoder: func() (media.AudioEncoder, error) { return &fakeAudioEncoder{loss: &e.loss}, nil },
		NewPlayout: func() (peer.Playout, error) {
			e.open.Add(1)
			return e.playout, nil
		},
		Network: conn.Options{Loopback: true, NoMDNS: true, Log: testLog(t)},
	}
	for _, c := range change {
		c(&config)
	}
	var err error
	if e.factory, err = peer.NewFactory(config); err != nil {
		t.Fatal(err)
	}
	return e
}

// openAs opens the end's peer; what it says goes to forward as well.
func (e *end) openAs(id signaling.CallID, role call.Role, kind media.Kind) {
	e.peer = e.factory.Open(call.Open{ID: id, Role: role, Kind: kind}, peer.Handler{
		Event: e.event,
		FirstFrame: func(kind media.Kind, _ time.Time) {
			e.note(func() { e.first[kind]++ })
		},
		Stats: func(s call.Stats) { e.note(func() { e.stats = append(e.stats, s) }) },
	})
}

func (e *end) event(ev call.Event) {
	e.note(func() { e.events = append(e.events, ev) })
	e.forward(ev)
}

func (e *end) note(change func()) {
	e.mu.Lock()
	change()
	e.mu.Unlock()
	select {
	case e.changed <- struct{}{}:
	default:
	}
}

// wait waits until cond, called under the end's lock after every change, holds.
func (e *end) wait(what string, cond func() bool) {
	e.t.Helper()
	timeout := time.NewTimer(20 * time.Second)
	defer timeout.Stop()
	for {
		e.mu.Lock()
		ok := cond()
		e.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-e.changed:
		case <-e.screen.fresh:
		case <-e.playout.fresh:
		case <-timeout.C:
			e.mu.Lock()
			defer e.mu.Unlock()
			e.t.Fatalf("no %s in time; events: %v, frames: %d", what, kinds(e.events), e.screen.count())
		}
	}
}

func kinds(events []call.Event) []string {
	names := []string{}
	for _, ev := range events {
		switch ev.(type) {
		case call.LocalDescription:
			names = append(names, "description")
		case call.LocalCandidate:
			names = append(names, "candidate")
		case call.PeerUp:
			names = append(names, "up")
		case call.PeerDown:
			names = append(names, "down")
		case call.PeerFailed:
			names = append(names, "failed")
		case call.PeerClosed:
			names = append(names, "closed")
		}
	}
	return names
}

// said reports whether an event of type T came. Call it from wait.
func said[T call.Event](e *end) bool { return times[T](e) > 0 }

func times[T call.Event](e *end) int {
	n := 0
	for _, ev := range e.events {
		if _, ok := ev.(T); ok {
			n++
		}
	}
	return n
}

// link carries what one end says to the other, as the servers do.
func link(a, b *end) {
	a.forward = func(ev call.Event) { carry(ev, b) }
	b.forward = func(ev call.Event) { carry(ev, a) }
}

func carry(ev call.Event, to *end) {
	switch ev := ev.(type) {
	case call.LocalDescription:
		to.peer.SetRemote(ev.Description)
	case call.LocalCandidate:
		to.peer.AddCandidate(ev.Candidate)
	}
}

// run publishes pictures at 100 frames a second and sound until the returned
// function is called.
func (e *end) run() (stop func()) {
	done := make(chan struct{})
	var pumps sync.WaitGroup
	pumps.Go(func() { e.pump(done) })
	var once sync.Once
	return func() {
		once.Do(func() { close(done) })
		pumps.Wait()
	}
}

func (e *end) pump(done <-chan struct{}) {
	ticker := time.NewTicker(media.Step)
	defer ticker.Stop()
	var pool media.Pool
	for n := uint64(1); ; n++ {
		select {
		case <-done:
			return
		case now := <-ticker.C:
			f := pool.Get(320, 180)
			f.Number, f.Captured = n, now
			e.video.Publish(f)
			s := media.Sound{Captured: now}
			for i := range s.Samples {
				s.Samples[i] = 1000
			}
			e.audio.Publish(&s)
		}
	}
}

func (e *end) close() {
	e.t.Helper()
	e.peer.Close()
	e.wait("PeerClosed", func() bool { return said[call.PeerClosed](e) })
	e.factory.Wait()
	if n := e.open.Load(); n != 0 {
		e.t.Errorf("%d decoders or playouts were not closed", n)
	}
}
