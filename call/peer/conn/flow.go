package conn

import (
	"strings"
	"sync"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"

	"parley/call/peer/congestion"
)

// packetCost is what a packet has on the wire beside its RTP header and payload,
// in bytes: IPv4 20, UDP 8, and the tag of SRTP with AES-GCM (RFC 7714) 16.
const packetCost = 20 + 8 + 16

// Flow is everything that leaves a connection: it numbers packets for
// transport-wide feedback, retransmissions too, estimates from the feedback what
// the path can carry, and lets packets leave at that pace. Its methods may be
// called from any goroutine.
//
// It stands nearest to the network of all interceptors, so that it sees what the
// others send.
type Flow struct {
	interceptor.NoOp

	mu       sync.Mutex
	control  *congestion.Controller
	pacer    *congestion.Pacer[*waiting]
	sequence uint16 // transport-wide, of the next packet
	spare    spare
	hollow   rtp.Header             // of padding
	streams  map[uint32]*flowStream // those of pictures, by SSRC
	wanted   time.Time              // when somebody last said what could be used
	free     []*waiting
	shields  bool    // the other side understands parity
	parity   float64 // that is sent beside each bit of pictures, in bits, smoothed
	arrivals []congestion.Arrival
	times    arrivalClock
	closed   bool

	wake   chan struct{}
	done   chan struct{}
	worker sync.WaitGroup
	once   sync.Once
}

// NewFlow returns the flow of a connection that is not there yet. Connections make
// their own.
func NewFlow() *Flow {
	return &Flow{
		control: congestion.New(congestion.Bounds{}), pacer: congestion.NewPacer[*waiting](congestion.DefaultStart),
		streams: map[uint32]*flowStream{}, wake: make(chan struct{}, 1), done: make(chan struct{}),
	}
}

// waiting is a packet that waits to leave.
type waiting struct {
	stream  *flowStream
	class   congestion.Class
	header  rtp.Header
	payload []byte
	size    int
}

// Estimate returns what is known of the path.
func (f *Flow) Estimate(now time.Time) congestion.Estimate {
	f.mu.Lock()
	defer f.mu.Unlock()
	e := f.control.Estimate(now)
	e.Parity = f.parity
	return e
}

// Backlog is how long what waits will take to leave.
func (f *Flow) Backlog() time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.pacer.Backlog()
}

// Use tells how much can be sent at most, in bit/s. Who goes on telling has more
// looked for where less is known to be there.
func (f *Flow) Use(most float64, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.control.Use(most)
	f.wanted = now
}

// Supersede tells that the packets of a picture before the one with a sequence
// number are no use any more, because a key frame begins with it: those that wait
// are dropped, and none of them is sent again. Those from it on are sent again with a
// payload type, 0 for the one that was agreed for the stream.
func (f *Flow) Supersede(ssrc uint32, sequence uint16, repairType uint8) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.streams[ssrc]
	if s == nil {
		return
	}
	s.first, s.begun = sequence, true
	if repairType != 0 && repairType != s.repairType {
		s.repairType = repairType
		if f.spare.stream == s {
			f.spare = spare{}
		}
	}
	f.pacer.Drop(func(w *waiting) bool {
		useless := w.stream == s && s.passed(s.numberOf(&w.header, w.payload))
		if useless {
			f.free = append(f.free, w)
		}
		return useless
	})
}

// Limit takes the receiver's own estimate of the path (REMB) in bit/s.
func (f *Flow) Limit(bps float64, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.control.Limit(bps, now)
	f.follow(now)
}

// Report takes a receiver report about a stream of ours: the fraction lost, the
// round trip or 0, and about how many packets it tells of.
func (f *Flow) Report(fraction float64, trip time.Duration, packets int, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.control.Report(fraction, trip, packets, now)
	f.follow(now)
}

// Feedback takes transport-wide feedback, of which nothing is kept.
func (f *Flow) Feedback(feedback *Feedback, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.arrivals = f.times.read(feedback, f.arrivals[:0])
	f.control.Feedback(f.arrivals, now)
	f.probe(now)
	f.follow(now)
	f.nudge()
}

// probe begins a probe when one is due and somebody could use what it finds.
func (f *Flow) probe(now time.Time) {
	if now.Sub(f.wanted) > wantedLife {
		return
	}
	if c, ok := f.control.Probe(now); ok {
		f.pacer.Probe(c, now)
	}
}

// follow has the pacer follow the estimate.
func (f *Flow) follow(now time.Time) { f.pacer.Follow(f.control.Estimate(now)) }

// nudge wakes the worker, which finds out itself what there is to do.
func (f *Flow) nudge() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// BindLocalStream implements interceptor.Interceptor.
func (f *Flow) BindLocalStream(info *interceptor.StreamInfo, writer interceptor.RTPWriter) interceptor.RTPWriter {
	s := &flowStream{
		flow: f, writer: writer, sound: strings.HasPrefix(strings.ToLower(info.MimeType), "audio/"),
		ssrc: info.SSRC,
	}
	if info.SSRCRetransmission != 0 && info.PayloadTypeRetransmission != 0 { // else the keeper has none, either
		s.repair, s.repairType = info.SSRCRetransmission, info.PayloadTypeRetransmission
	}
	for _, e := range info.RTPHeaderExtensions {
		if e.URI == sdp.TransportCCURI {
			s.extension = uint8(e.ID)
		}
	}
	if !s.sound {
		f.mu.Lock()
		f.streams[s.ssrc] = s
		f.mu.Unlock()
	}
	f.once.Do(func() { f.worker.Go(f.work) })
	return s
}

// UnbindLocalStream implements interceptor.Interceptor.
func (f *Flow) UnbindLocalStream(info *interceptor.StreamInfo) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.streams, info.SSRC)
	if f.spare.stream != nil && f.spare.stream.ssrc == info.SSRC {
		f.spare = spare{}
	}
}

// Close implements interceptor.Interceptor. What waits is dropped.
func (f *Flow) Close() error {
	f.mu.Lock()
	first := !f.closed
	f.closed = true
	f.pacer.Drop(func(*waiting) bool { return true })
	f.mu.Unlock()
	if first {
		f.once.Do(func() {}) // no worker from now on
		close(f.done)
	}
	f.worker.Wait()
	return nil
}

// idleTick is how often is looked whether it is time for a probe while nothing
// happens: who sends next to nothing hears next to nothing, and would never find
// out that the path is wide again.
const idleTick = 250 * time.Millisecond

// wantedLife is how long it counts that somebody could use more.
const wantedLife = 2 * time.Second

// work sends what waits, and probes.
func (f *Flow) work() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-f.done:
			return
		case <-f.wake:
		case <-timer.C:
		}
		wait, ok := f.send()
		if !ok {
			wait = idleTick
			f.idle(time.Now())
		}
		timer.Reset(wait)
	}
}

// idle does what else feedback is the occasion for.
func (f *Flow) idle(now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.spare.stream == nil || f.closed {
		return
	}
	f.probe(now)
	f.follow(now)
	if _, ok := f.pacer.Wait(now); ok {
		f.nudge()
	}
}

// send lets leave what may, and returns when there is more to do.
func (f *Flow) send() (wait time.Duration, ok bool) {
	for {
		f.mu.Lock()
		now := time.Now()
		if f.closed || !f.sendOne(now) {
			wait, ok = f.pacer.Wait(now)
			f.mu.Unlock()
			return max(wait, time.Millisecond), ok
		}
		f.mu.Unlock() // between two packets sound may come in
	}
}

func (f *Flow) sendOne(now time.Time) bool {
	if w, cluster, ok := f.pacer.Next(now); ok {
		// A packet that cannot be written is lost like any other; who sent it is gone.
		_, _ = w.stream.leave(&w.header, w.payload, sentAs(w.class, cluster), now)
		f.free = append(f.free, w)
		return true
	}
	return f.pad(now)
}
