package peer

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"parley/call"
	"parley/media"
)

// A crossing is a picture that is sent to a receiver over a path that loses,
// delays and reorders, in virtual time. What is not said is as good as can be.
type crossing struct {
	trip    time.Duration    // of the path
	loss    float64          // of packets, those sent again too
	deaf    float64          // loss of requests
	jitter  time.Duration    // packets take up to so much longer, and keep their order
	shakes  [2]time.Duration // from when to when they do; zero: always
	seed    uint64           // of chance; 0: 1
	swap    float64          // share of packets that take swapBy longer, and are overtaken
	swapBy  time.Duration
	twice   float64                      // share that comes twice
	rate    int                          // bit/s; 0: 100 Mbit/s
	keyless bool                         // key frames are not sent when they are asked for
	without bool                         // nothing is sent again
	turn    func(second int) image.Point // size of the pictures; nil: one
	foreign bool                         // packets of a payload type that is no picture come between

	t        *testing.T
	begun    time.Time
	random   *rand.Rand
	mu       sync.Mutex
	queue    []delivery // what can be read
	repaired []delivery // what was sent again: read only by who asks for more
	wake     chan struct{}
	deadline time.Time
	sent     map[uint16][]byte
	last     time.Time // of the last arrival of what was not overtaken
	free     time.Time // when the bottleneck is
	wantKey  bool
	resent   int
	asked    map[uint16]int // requests for each packet
	requests int            // for key frames
	shown    []shownFrame
	keys     int
}

type delivery struct {
	packet []byte
	again  bool
}

// shownFrame is a frame on the screen.
type shownFrame struct {
	number uint64
	at     time.Time
	delay  time.Duration
	size   image.Point
}

const (
	crossingRate  = 30   // frames a second
	crossingFrame = 9000 // bytes of one
)

// SetReadDeadline implements conn.RTPSource.
func (c *crossing) SetReadDeadline(t time.Time) error {
	c.deadline = t
	return nil
}

// Read implements conn.RTPSource, as pion does: it looks for what was sent again
// before it waits for a packet, and not while it does.
func (c *crossing) Read(b []byte) (int, interceptor.Attributes, error) {
	timer := time.NewTimer(time.Until(c.deadline))
	defer timer.Stop()
	first := true
	for {
		if d, ok := c.next(first); ok {
			attributes := interceptor.Attributes{}
			if d.again {
				attributes.Set(webrtc.AttributeRtxSsrc, uint32(7))
			}
			return copy(b, d.packet), attributes, nil
		}
		first = false
		select {
		case <-c.wake:
		case <-timer.C:
			return 0, nil, os.ErrDeadlineExceeded
		}
	}
}

func (c *crossing) next(repaired bool) (d delivery, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	from := &c.queue
	if repaired && len(c.repaired) > 0 {
		from = &c.repaired
	}
	if len(*from) == 0 {
		return d, false
	}
	d = (*from)[0]
	*from = (*from)[1:]
	return d, true
}

// send puts a packet on its way.
func (c *crossing) send(packet []byte, again bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if c.free.Before(now) {
		c.free = now
	}
	c.free = c.free.Add(time.Duration(len(packet)+44) * 8 * time.Second / time.Duration(cmp.Or(c.rate, 100_000_000)))
	now = c.free
	if c.random.Float64() < c.loss {
		return
	}
	at := now.Add(c.trip / 2)
	if c.jitter > 0 && c.shaking() {
		at = at.Add(time.Duration(c.random.Int64N(int64(c.jitter))))
	}
	if !at.After(c.last) {
		at = c.last.Add(time.Nanosecond)
	}
	if c.random.Float64() < c.swap {
		at = at.Add(c.swapBy)
	} else {
		c.last = at
	}
	d := delivery{slices.Clone(packet), again}
	copies := 1
	if c.random.Float64() < c.twice {
		copies = 2
	}
	for range copies {
		time.AfterFunc(time.Until(at), func() { c.arrive(d) })
	}
}

// shaking reports whether there is jitter now.
func (c *crossing) shaking() bool {
	since := time.Since(c.begun)
	return c.shakes == [2]time.Duration{} || since >= c.shakes[0] && since < c.shakes[1]
}

func (c *crossing) arrive(d delivery) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d.again {
		c.repaired = append(c.repaired, d)
		return // nobody is woken by it
	}
	c.queue = append(c.queue, d)
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// write takes what the receiver asks for.
func (c *crossing) write(packets []rtcp.Packet) error {
	for _, p := range packets {
		if _, err := p.Marshal(); err != nil {
			return err
		}
		c.mu.Lock()
		lost := c.random.Float64() < c.deaf
		switch p := p.(type) {
		case *rtcp.PictureLossIndication:
			c.requests++
		case *rtcp.TransportLayerNack:
			for _, pair := range p.Nacks {
				for _, s := range pair.PacketList() {
					c.asked[s]++
				}
			}
		}
		c.mu.Unlock()
		if !lost {
			time.AfterFunc(c.trip/2, func() { c.answer(p) })
		}
	}
	return nil
}

func (c *crossing) answer(p rtcp.Packet) {
	switch p := p.(type) {
	case *rtcp.PictureLossIndication:
		c.mu.Lock()
		c.wantKey = !c.keyless
		c.mu.Unlock()
	case *rtcp.TransportLayerNack:
		for _, pair := range p.Nacks {
			for _, s := range pair.PacketList() {
				c.mu.Lock()
				packet := c.sent[s]
				c.resent++
				c.mu.Unlock()
				if packet != nil && !c.without {
					c.send(packet, true)
				}
			}
		}
	}
}

// film sends frames for a time.
func (c *crossing) film(length time.Duration) {
	cut := newVP8Packetizer()
	clock := videoClock{}
	sequence := uint16(65000)
	last := uint64(0)
	ticker := time.NewTicker(time.Second / crossingRate)
	defer ticker.Stop()
	for n := uint64(1); time.Since(c.begun) < length; n++ {
		now := <-ticker.C
		c.mu.Lock()
		key := n == 1 || c.wantKey
		c.wantKey = false
		if key {
			c.keys++
		}
		c.mu.Unlock()
		size := image.Pt(64, 48)
		if c.turn != nil {
			size = c.turn(int(time.Since(c.begun).Seconds()))
		}
		frame := c.frame(n, last, key, size, now)
		last = n
		stamp := clock.stamp(now)
		cut.split(frame, func(payload []byte, end bool) {
			if c.foreign && sequence%7 == 0 {
				c.packet(sequence, stamp, 77, false, payload)
				sequence++
			}
			c.packet(sequence, stamp, 96, end, payload)
			sequence++
		})
	}
}

func (c *crossing) packet(sequence uint16, stamp uint32, payload uint8, marker bool, data []byte) {
	p := rtp.Packet{
		Header:  rtp.Header{Version: 2, PayloadType: payload, SequenceNumber: sequence, Timestamp: stamp, Marker: marker, SSRC: 1},
		Payload: data,
	}
	packet, err := p.Marshal()
	if err != nil {
		c.t.Error(err)
		return
	}
	c.mu.Lock()
	c.sent[sequence] = packet
	delete(c.sent, sequence-1024)
	c.mu.Unlock()
	c.send(packet, false)
}

// frame is one that says what it is, and what it builds on.
func (c *crossing) frame(number, base uint64, key bool, size image.Point, now time.Time) []byte {
	p := make([]byte, crossingFrame)
	if key {
		p, base = make([]byte, 3*crossingFrame), 0
	} else {
		p[0] = 1
	}
	binary.BigEndian.PutUint64(p[8:], number)
	binary.BigEndian.PutUint64(p[16:], base)
	binary.BigEndian.PutUint64(p[24:], uint64(now.UnixNano()))
	binary.BigEndian.PutUint16(p[32:], uint16(size.X))
	binary.BigEndian.PutUint16(p[34:], uint16(size.Y))
	return p
}

// crossingDecoder understands them.
type crossingDecoder struct {
	last uint64
	pool media.Pool
}

func (d *crossingDecoder) Decode(p []byte) (*media.Frame, error) {
	if len(p) < 64 {
		return nil, errors.New("mangled")
	}
	number, base := binary.BigEndian.Uint64(p[8:]), binary.BigEndian.Uint64(p[16:])
	if base != 0 && base != d.last {
		return nil, errors.New("the frame that it builds on is not here")
	}
	d.last = number
	f := d.pool.Get(int(binary.BigEndian.Uint16(p[32:])), int(binary.BigEndian.Uint16(p[34:])))
	f.Number, f.Captured = number, time.Unix(0, int64(binary.BigEndian.Uint64(p[24:])))
	return f, nil
}

func (d *crossingDecoder) Close() error { return nil }

// Show implements media.VideoSink.
func (c *crossing) Show(f *media.Frame) {
	c.shown = append(c.shown, shownFrame{f.Number, time.Now(), time.Since(f.Captured), image.Pt(f.Width(), f.Height())})
}

// receiver returns what stands at the end of it.
func (c *crossing) receiver() *videoReceiver {
	return &videoReceiver{
		inbound: &inbound{ssrc: 1, reception: reception{rate: videoRate}}, log: quietLog, screen: c,
		open:    func(string) (media.VideoDecoder, error) { return &crossingDecoder{}, nil },
		formats: map[uint8]*format{77: nil}, codec: func() string { return VP8 },
		first: func(time.Time) {}, write: c.write, assemble: newAssembler(minPatience), shield: newShield(), lips: (&lipSync{}).newPicture(),
		repairs: repairs{ssrc: 1, able: !c.without, write: c.write, trip: func() time.Duration { return 0 }},
	}
}

// cross sends pictures for a time, and returns what the receiver says of them when
// the last has long come.
func (c *crossing) cross(t *testing.T, length time.Duration) (s call.StreamStats) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c.t, c.begun, c.random = t, time.Now(), rand.New(rand.NewPCG(cmp.Or(c.seed, 1), 2))
		c.wake, c.sent, c.asked = make(chan struct{}, 1), map[uint16][]byte{}, map[uint16]int{}
		v := c.receiver()
		ctx, stop := context.WithCancel(t.Context())
		var reader sync.WaitGroup
		reader.Go(func() { v.run(ctx, c) })
		c.film(length)
		s = v.read()
		<-time.After(2 * time.Second)
		stop()
		reader.Wait()
	})
	for i, f := range c.shown {
		if i > 0 && f.number <= c.shown[i-1].number {
			t.Fatalf("frame %d was shown after %d", f.number, c.shown[i-1].number)
		}
	}
	return s
}

// delays returns the median and the 95th percentile, after a lead.
func (c *crossing) delays(from time.Duration) (median, slow time.Duration) {
	if len(c.shown) == 0 {
		return 0, 0
	}
	var delays []time.Duration
	for _, f := range c.shown {
		if f.at.Sub(c.shown[0].at) >= from {
			delays = append(delays, f.delay)
		}
	}
	slices.Sort(delays)
	return delays[len(delays)/2], delays[len(delays)*95/100]
}
