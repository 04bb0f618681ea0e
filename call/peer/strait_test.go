package peer

import (
	"image"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"parley/call/peer/conn"
	"parley/call/peer/parity"
	"parley/media"
)

const (
	straitNumbers  = 5 // id of the header extension
	straitRepair   = 2000
	straitRepairPT = 97
	straitSSRC     = 1000
	straitSound    = 3000
)

// weather is what a strait is like.
type weather struct {
	rate   float64       // bit/s
	delay  time.Duration // each way
	loss   float64
	jitter time.Duration
	burst  int  // packets that are lost together, if any are; 0 and 1: each by itself
	parity bool // the receiver understands it
	silent bool // feedback is lost
	talks  bool // we send sound, too: 24 kbit/s in packets of 20 ms
	mute   bool // room is kept for sound, and none sent
}

// strait is our real sender, from the frame to the pacer, before a bottleneck, and
// a receiver beyond it that tells what came, asks for what did not and for key
// frames. It lives in the time of a synctest bubble.
type strait struct {
	video   *videoSender
	sheet   *sheet // of text instead of a face
	scrolls bool   // the sheet does, 15 times a second
	filmed  int
	flow    *conn.Flow
	picture interceptor.RTPWriter
	voice   interceptor.RTPWriter
	pool    media.Pool
	dice    *rand.Rand
	begun   time.Time

	mu sync.Mutex
	weather
	free     time.Time
	last     time.Time
	bytes    int
	waits    []time.Duration
	kept     map[uint16]keptPacket // by sequence number of the picture
	far      receiver
	losing   int // packets that are still lost of a burst
	shield   *parity.Recovery
	highest  int64
	arrived  map[uint16]time.Time // since the last feedback, by transport-wide number
	next     uint16               // the first number of the next feedback
	count    uint8
	sounds   int // that came
	voices   uint16
	repaired int // packets that came again
}

type keptPacket struct {
	header  rtp.Header
	payload []byte
}

func newStrait(t *testing.T, w weather) *strait {
	t.Helper()
	s := &strait{
		flow: conn.NewFlow(), dice: rand.New(rand.NewPCG(1, 2)), begun: time.Now(),
		kept: map[uint16]keptPacket{}, arrived: map[uint16]time.Time{}, shield: parity.NewRecovery(),
	}
	s.flow.Shield(w.parity)
	t.Cleanup(func() {
		if err := s.flow.Close(); err != nil {
			t.Error(err)
		}
	})
	numbers := []interceptor.RTPHeaderExtension{{URI: sdp.TransportCCURI, ID: straitNumbers}}
	way := interceptor.RTPWriterFunc(s.enter)
	s.picture = s.flow.BindLocalStream(&interceptor.StreamInfo{
		MimeType: VP8, SSRC: straitSSRC, SSRCRetransmission: straitRepair, PayloadTypeRetransmission: straitRepairPT,
		RTPHeaderExtensions: numbers,
	}, way)
	s.voice = s.flow.BindLocalStream(&interceptor.StreamInfo{MimeType: "audio/opus", SSRC: straitSound, RTPHeaderExtensions: numbers}, way)
	c := Config{
		Scale: func(_, _ *image.YCbCr) error { return nil }, MaxVideoBitrate: 5_000_000,
		NewVideoEncoder: func(_ string, _, _ int, settings media.VideoSettings) (media.VideoEncoder, error) {
			return &modelEncoder{dice: s.dice, settings: settings}, nil
		},
	}.withDefaults()
	s.video = newVideoSender(&c, quietLog)
	s.video.shaper.path = s.flow
	s.video.shaper.soundWire = func() float64 {
		if s.talks || s.mute {
			return 58_400
		}
		return 0
	}
	s.video.open.Store(true)
	if _, err := s.video.Bind(agreement{s}); err != nil {
		t.Fatal(err)
	}
	s.set(w)
	return s
}

// set changes the weather.
func (s *strait) set(w weather) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w.delay == 0 {
		w.delay = 20 * time.Millisecond
	}
	s.weather = w
}

// agreement is what was negotiated, for the track.
type agreement struct{ s *strait }

func (agreement) CodecParameters() []webrtc.RTPCodecParameters {
	return []webrtc.RTPCodecParameters{{RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: VP8, ClockRate: videoRate}, PayloadType: 96}}
}
func (agreement) HeaderExtensions() []webrtc.RTPHeaderExtensionParameter { return nil }
func (agreement) SSRC() webrtc.SSRC                                      { return straitSSRC }
func (agreement) SSRCRetransmission() webrtc.SSRC                        { return straitRepair }
func (agreement) SSRCForwardErrorCorrection() webrtc.SSRC                { return 0 }
func (agreement) ID() string                                             { return "strait" }
func (agreement) RTCPReader() interceptor.RTCPReader                     { return nil }
func (a agreement) WriteStream() webrtc.TrackLocalWriter                 { return a }
func (agreement) Write([]byte) (int, error)                              { return 0, nil }

// WriteRTP stands for the interceptor that sends again what is asked for.
func (a agreement) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	a.s.mu.Lock()
	a.s.kept[h.SequenceNumber] = keptPacket{h.Clone(), slices.Clone(payload)}
	delete(a.s.kept, h.SequenceNumber-1024)
	a.s.mu.Unlock()
	return a.s.picture.Write(h, payload, nil)
}

// run plays so much time.
func (s *strait) run(d time.Duration) {
	var wait sync.WaitGroup
	end := time.Now().Add(d)
	each := func(interval time.Duration, do func()) {
		wait.Go(func() {
			for time.Now().Before(end) {
				<-time.After(interval) // of the bubble: it takes no time
				do()
			}
		})
	}
	each(time.Second/30, s.film)
	each(20*time.Millisecond, s.speak)
	each(100*time.Millisecond, s.tell)
	each(20*time.Millisecond, s.ask)
	wait.Wait()
}

func (s *strait) film() {
	width, height := 1280, 720
	if s.sheet != nil {
		width, height = sheetWidth, sheetHeight
	}
	f := s.pool.Get(width, height)
	defer f.Release()
	if s.filmed++; s.sheet != nil {
		if s.scrolls && s.filmed%2 == 0 {
			s.sheet.scroll()
		}
		s.sheet.show(f)
	}
	f.Captured = time.Now()
	s.video.frame(f, f.Captured)
}

func (s *strait) speak() {
	s.mu.Lock()
	talks := s.talks
	s.mu.Unlock()
	if !talks {
		return
	}
	s.voices++
	_, _ = s.voice.Write(&rtp.Header{Version: 2, SSRC: straitSound, SequenceNumber: s.voices}, make([]byte, 60), nil)
}

// enter takes a packet into the bottleneck.
func (s *strait) enter(h *rtp.Header, payload []byte, _ interceptor.Attributes) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	size := h.MarshalSize() + len(payload) + int(h.PaddingSize) + 44
	if s.loses() {
		return size, nil
	}
	now := time.Now()
	if s.free.Before(now) {
		s.free = now
	}
	wait := s.free.Sub(now)
	if wait > 300*time.Millisecond {
		return size, nil
	}
	s.waits = append(s.waits, wait)
	s.free = s.free.Add(time.Duration(float64(size*8) / s.rate * float64(time.Second)))
	at := s.free.Add(s.delay + time.Duration(s.dice.Float64()*float64(s.jitter)))
	if at.Before(s.last) {
		at = s.last
	}
	s.last = at
	header, content := h.Clone(), slices.Clone(payload)
	time.AfterFunc(at.Sub(now), func() { s.leave(header, content, size) })
	return size, nil
}

// loses reports whether a packet is lost by chance.
func (s *strait) loses() bool {
	if s.losing > 0 {
		s.losing--
		return true
	}
	burst := max(s.burst, 1)
	if s.dice.Float64()*float64(burst) >= s.loss {
		return false
	}
	s.losing = burst - 1
	return true
}

// leave hands a packet to the receiver.
func (s *strait) leave(h rtp.Header, payload []byte, size int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bytes += size
	if b := h.GetExtension(straitNumbers); len(b) == 2 {
		s.arrived[uint16(b[0])<<8|uint16(b[1])] = time.Now()
	}
	switch h.SSRC {
	case straitRepair:
		if len(payload) < 2 {
			return // padding
		}
		h.SequenceNumber = uint16(payload[0])<<8 | uint16(payload[1])
		if h.PayloadType == conn.ParityType {
			s.far.grace = 40 * time.Millisecond
			s.shield.Parity(s.extend(h.SequenceNumber), h.Timestamp, payload[2:])
			s.found(h, s.shield.Recover())
			return
		}
		s.repaired++
		s.took(h, payload[2:])
	case straitSSRC:
		s.took(h, payload)
	case straitSound:
		s.sounds++
	}
}

// extend returns a sequence number without wraps.
func (s *strait) extend(n uint16) int64 {
	extended := s.highest + int64(int16(n-uint16(s.highest)))
	s.highest = max(s.highest, extended)
	return extended
}

// took takes a packet of the picture, and what parity makes of it.
func (s *strait) took(h rtp.Header, payload []byte) {
	s.far.take(h, payload)
	p := parity.Packet{Sequence: s.extend(h.SequenceNumber), Marker: h.Marker, Payload: payload}
	s.shield.Came(p)
	s.found(h, s.shield.Recover())
}

func (s *strait) found(h rtp.Header, packets []parity.Packet) {
	for _, p := range packets {
		h.SequenceNumber, h.Marker, h.Timestamp = uint16(p.Sequence), p.Marker, p.Stamp
		s.far.take(h, slices.Clone(p.Payload))
	}
}

// tell sends transport-wide feedback, as pion and browsers do.
func (s *strait) tell() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.arrived) == 0 {
		return
	}
	numbers := slices.SortedFunc(maps.Keys(s.arrived), func(a, b uint16) int { return int(int16(a - b)) })
	first, last := numbers[0], numbers[len(numbers)-1]
	if s.count > 0 && int16(s.next-first) < 0 {
		first = s.next
	}
	const unit = 64 * time.Millisecond
	at := s.arrived[numbers[0]].Sub(s.begun).Truncate(unit)
	p := &conn.Feedback{First: first, Reference: uint32(at / unit), Count: s.count}
	for n := first; n != last+1; n++ {
		came, ok := s.arrived[n]
		if !ok {
			p.Packets = append(p.Packets, conn.Fate{})
			continue
		}
		const step = 250 * time.Microsecond
		delta := (came.Sub(s.begun) - at).Truncate(step)
		at += delta
		p.Packets = append(p.Packets, conn.Fate{Came: true, Delta: int16(delta / step)})
	}
	s.next, s.count = last+1, s.count+1
	clear(s.arrived)
	if !s.silent {
		time.AfterFunc(s.delay, func() { s.flow.Feedback(p, time.Now()) })
	}
}

// ask sends what the receiver wants.
func (s *strait) ask() {
	s.mu.Lock()
	missing, key := s.far.wants(time.Now())
	s.mu.Unlock()
	if len(missing) == 0 && !key {
		return
	}
	time.AfterFunc(s.delay, func() {
		if key {
			s.video.wantKey.Store(true)
		}
		for _, n := range missing {
			s.again(n)
		}
	})
}

// again sends a packet again (RFC 4588).
func (s *strait) again(n uint16) {
	s.mu.Lock()
	p, ok := s.kept[n]
	s.mu.Unlock()
	if !ok {
		return
	}
	h := p.header
	h.SSRC, h.PayloadType = straitRepair, straitRepairPT
	_, _ = s.picture.Write(&h, append([]byte{byte(n >> 8), byte(n)}, p.payload...), nil)
}

// passage is what a span was like.
type passage struct {
	share    float64 // of the rate that was used
	late     time.Duration
	shown    float64 // frames a second
	gap      time.Duration
	width    int // of most frames
	target   float64
	asked    int // key frames
	repaired int
	heard    float64       // share of the sound that came
	delay    time.Duration // from capture to complete, median
	slow     time.Duration // 95 %
}
