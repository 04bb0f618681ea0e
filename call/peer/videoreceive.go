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
	"parley/media"
)

// How long a missing packet is waited for: the wait for the next request for
// retransmission and its round trip, with half again for luck, within limits.
const (
	minPatience = 120 * time.Millisecond
	maxPatience = 400 * time.Millisecond
)

// How long a read may take. pion hands retransmissions over only when it is
// asked for a packet, so while one is missing it is asked often.
const (
	idlePause = 100 * time.Millisecond
	gapPause  = 10 * time.Millisecond
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
	trip     func() time.Duration // round trip of the path, 0 when unknown
	assemble *assembler
	requests keyRequests
	freezes  freezes
	key      bool // a key frame was decoded since the last break
	lips     *pictureSide
	waiting  pictureQueue
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
	pause := func() time.Duration {
		if v.assemble.waiting() {
			return v.waiting.pause(gapPause, time.Now())
		}
		return v.waiting.pause(idlePause, time.Now())
	}
	conn.ReadRTP(ctx, track, pause, func(p *rtp.Packet) { v.take(p, time.Now()) }, func() { v.advance(time.Now()) })
}

func (v *videoReceiver) take(p *rtp.Packet, now time.Time) {
	sequence := v.packet(p, now)
	if f := v.format(p.PayloadType); f != nil {
		v.assemble.push(f, sequence, p.Timestamp, p.Marker, p.Payload, now)
	}
	v.advance(now)
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
	v.assemble.patience = min(max(minPatience, nackDelay+v.trip()*3/2), maxPatience)
	for {
		f, ok := v.assemble.pop(now)
		if !ok {
			break
		}
		v.decode(f)
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
	picture, err := v.decoding.decoder.Decode(f.data)
	if err != nil {
		v.assemble.broken()
		v.count(func(s *call.StreamStats) { s.FramesDropped++ })
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
	v.present(heldPicture{picture: picture, key: f.key, arrival: f.arrival}, f.stamp, time.Now())
}

// present shows a picture at once, as long as the sound is not later.
func (v *videoReceiver) present(h heldPicture, stamp uint32, now time.Time) {
	wait := v.lips.ready(stamp, now)
	if wait == 0 && v.waiting.empty() {
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

// showDue shows the pictures whose sound is heard now. Of several, only the
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
	frozen := v.freezes.shown(now)
	v.count(func(s *call.StreamStats) {
		s.FramesDecoded++
		if h.key {
			s.KeyFrames++
		}
		if frozen {
			s.FreezeCount++
		}
		s.FrameWidth, s.FrameHeight = h.picture.Width(), h.picture.Height()
		s.JitterBufferDelay += (h.delay(now) - s.JitterBufferDelay) / float64(s.FramesDecoded)
	})
}

// control takes what the sender says about the stream.
func (v *videoReceiver) control(p rtcp.Packet) {
	if r, ok := p.(*rtcp.SenderReport); ok && r.SSRC == v.ssrc {
		v.lips.reported(r.NTPTime, r.RTPTime)
	}
}
