package peer

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"parley/call"
	"parley/call/peer/conn"
	"parley/call/peer/repair"
	"parley/media"
)

// How long a read may take. pion hands retransmissions over only when it is
// asked for a packet, so while one is missing it is asked often.
const (
	idlePause = 100 * time.Millisecond
	gapPause  = 4 * time.Millisecond
)

// videoReceiver joins, decodes and shows one remote track. It belongs to the
// goroutine that reads the track.
type videoReceiver struct {
	*inbound
	log      *slog.Logger
	open     func(mime string) (media.VideoDecoder, error)
	codec    func() string     // of the packet that was read last
	formats  map[uint8]*format // by payload type; nil for what is no picture
	decoding *format           // the one that has a decoder
	screen   media.VideoSink   // nil: nobody looks
	first    func(at time.Time)
	write    func([]rtcp.Packet) error
	waited   func() time.Duration // how long the packet had that was read last; nil: not known
	behind   behind
	repairs  repairs
	shield   shield
	assemble *assembler
	requests keyRequests
	freezes  freezes
	key      bool // a key frame was decoded since the last break
	lips     *pictureSide
	waiting  pictureQueue
	onset    onset
	taps     *taps
	channel  media.Channel
	wantKey  atomic.Bool // somebody listens who has no key frame yet
	size     struct{ width, height int }
}

// run shows the track until it ends.
func (v *videoReceiver) run(ctx context.Context, track conn.RTPSource) {
	defer func() { v.use(nil) }()
	defer v.waiting.clear()
	defer v.lips.ended()
	take := func(p *rtp.Packet, again bool) { v.take(p, again, time.Now()) }
	conn.ReadRTP(ctx, track, func() time.Duration { return v.pause(time.Now()) }, take, func() { v.idle(time.Now()) })
}

// pause is how long nothing needs to be done.
func (v *videoReceiver) pause(now time.Time) time.Duration {
	most := idlePause
	if v.assemble.waiting() || v.repairs.Missing() {
		most = gapPause
	}
	return v.shield.pause(v.repairs.pause(v.waiting.pause(most, now), now), &v.repairs.Requests)
}

func (v *videoReceiver) take(p *rtp.Packet, again bool, now time.Time) {
	if again && p.PayloadType == conn.ParityType {
		v.takeParity(p, now)
		v.advance(now)
		return
	}
	sequence := v.packet(p, now)
	if again {
		v.count(func(s *call.StreamStats) {
			s.RetransmittedPackets++
			s.RetransmittedBytes += uint64(len(p.Payload))
		})
	}
	if !again {
		v.onset.came(v.arrival(now))
		v.waiting.kept = v.onset.until()
	}
	if !again && v.isBehind(now) {
		v.pass(p, sequence, now)
		return
	}
	v.put(p, sequence, again, now)
	v.beside(p, sequence, now)
	v.advance(now)
}

// put takes a packet of the stream, however it came.
func (v *videoReceiver) put(p *rtp.Packet, sequence int64, again bool, now time.Time) {
	v.repairs.Came(repair.Packet{Sequence: sequence, Last: p.Marker || len(p.Payload) == 0, Again: again}, now)
	if f := v.content(p); f != nil {
		v.assemble.push(f, sequence, p.Timestamp, p.Marker, p.Payload, now)
	} else { // nothing of a picture, but not missing
		v.assemble.push(nil, sequence, p.Timestamp, false, nil, now)
	}
}

// content returns what a packet holds; nil if that is no picture.
func (v *videoReceiver) content(p *rtp.Packet) *format {
	if len(p.Payload) == 0 {
		return nil
	}
	return v.format(p.PayloadType)
}

// format returns what a payload type means; nil if that is no picture. The other
// side may change between those that were agreed at any packet.
func (v *videoReceiver) format(payload uint8) *format {
	f, known := v.formats[payload]
	if known {
		return f
	}
	if mime := v.codec(); newDepacketizer(mime) != nil {
		f = &format{depacketizer: newDepacketizer(mime), mime: mime}
	}
	v.formats[payload] = f
	return f
}

// use makes a format the one that is decoded. There is one decoder at a time.
func (v *videoReceiver) use(f *format) {
	if old := v.decoding; old != nil {
		if err := old.decoder.Close(); err != nil {
			v.log.Warn("closing the video decoder", "codec", old.mime, "err", err)
		}
		old.decoder = nil
	}
	if v.decoding = nil; f == nil || f.refused {
		return
	}
	decoder, err := v.open(f.mime)
	if err != nil {
		f.refused = true
		v.log.Warn("no video decoder", "codec", f.mime, "err", err)
		return
	}
	f.decoder, v.decoding = decoder, f
	v.count(func(s *call.StreamStats) { s.Codec = f.mime })
}

// advance decodes what is complete and asks for a key frame when nothing can be
// decoded without one.
func (v *videoReceiver) advance(now time.Time) {
	v.showDue(now)
	v.assemble.patience = v.repairs.patience()
	for {
		f, ok := v.assemble.pop(now)
		if !ok {
			break
		}
		v.onset.complete(v.assemble.empty(), v.arrival(now))
		v.decode(f)
	}
	if err := v.repairs.ask(v.assemble.next, now); err != nil {
		v.log.Debug("asking for retransmissions", "err", err)
	}
	if v.assemble.needsKey() {
		v.key = false
	}
	if v.wantKey.Swap(false) {
		v.request()
	}
	if !v.key && v.requestDue(now) {
		v.request()
	}
}

// requestDue asks at once when no key frame is coming in, and gives one that is
// the time of a first retry to arrive.
func (v *videoReceiver) requestDue(now time.Time) bool {
	if !v.assemble.needsKey() && v.requests.asked.IsZero() {
		v.requests.asked, v.requests.pause = now, firstKeyRetry
	}
	return v.requests.due(now)
}

func (v *videoReceiver) request() {
	v.count(func(s *call.StreamStats) { s.PLICount++ })
	if err := v.write([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: v.ssrc}}); err != nil {
		v.log.Debug("asking for a key frame", "err", err)
	}
}

func (v *videoReceiver) decode(f assembled) {
	if f.format != v.decoding {
		v.use(f.format)
	}
	if v.decoding == nil {
		v.assemble.broken()
		return
	}
	began := time.Now()
	picture, err := v.decoding.decoder.Decode(f.data)
	now := time.Now()
	v.count(func(s *call.StreamStats) {
		s.FramesReceived++
		s.TotalDecodeTime += now.Sub(began).Seconds()
		switch {
		case err != nil:
			s.FramesDropped++
		case f.key:
			s.KeyFrames++
			fallthrough
		default:
			s.FramesDecoded++
			s.QPSum += quantizer(v.decoding.decoder)
		}
	})
	if err != nil {
		v.assemble.broken()
		return
	}
	if f.key {
		v.key = true
		v.requests.answered()
	}
	v.tapped(f, picture)
	if picture == nil {
		return
	}
	v.present(heldPicture{picture: picture, arrival: f.arrival}, f.stamp, now)
}

// quantizer is how coarse the last frame is, 0 if that is not known.
func quantizer(d media.VideoDecoder) uint64 {
	q, ok := d.(media.Quantized)
	if !ok {
		return 0
	}
	index, _ := q.Quantizer()
	return uint64(max(index, 0))
}

// present shows a picture at once, as long as neither the sound is later nor others
// are that the path delays, and no stall may have begun.
func (v *videoReceiver) present(h heldPicture, stamp uint32, now time.Time) {
	wait := v.lips.ready(stamp, v.repairs.Lossy(now), now)
	v.waiting.kept = v.onset.until()
	if wait == 0 && v.waiting.empty() && v.waiting.kept.IsZero() {
		v.show(h)
		return
	}
	if v.waiting.full() {
		v.show(v.waiting.pop())
	}
	h.due = now.Add(wait)
	v.waiting.push(h)
	v.showDue(now)
}

// showDue shows the pictures whose moment has come. Of several, only the
// newest is looked at.
func (v *videoReceiver) showDue(now time.Time) {
	for v.waiting.due(now) {
		v.show(v.waiting.pop())
	}
}

func (v *videoReceiver) show(h heldPicture) {
	defer h.picture.Release()
	if v.screen != nil {
		v.screen.Show(h.picture)
	}
	now := time.Now()
	v.first(now)
	since := v.freezes.shown(now)
	v.count(func(s *call.StreamStats) {
		s.FramesRendered++
		since.count(s)
		s.FrameWidth, s.FrameHeight = h.picture.Width(), h.picture.Height()
		s.JitterBufferDelay += (h.delay(now) - s.JitterBufferDelay) / float64(s.FramesRendered)
	})
}

// read adds what is true now.
func (v *videoReceiver) read() call.StreamStats {
	s := v.inbound.read()
	s.JitterBufferTargetDelay = v.lips.delay().Seconds()
	return s
}

// control takes what the sender says about the stream.
func (v *videoReceiver) control(p rtcp.Packet) {
	if r, ok := p.(*rtcp.SenderReport); ok && r.SSRC == v.ssrc {
		v.lips.reported(r.NTPTime, r.RTPTime)
	}
}
