package playout

import (
	"sync"
	"time"

	"parley/media"
)

// Options of a Buffer.
type Options struct {
	// Now is the clock that arrival times are read from; nil means time.Now.
	Now func() time.Time
	// Channels is 1 or 2: those that the decoder writes. 0 means 1.
	Channels int
}

// Buffer plays one RTP stream of Opus (RFC 7587). Push and Play may be called
// from two goroutines; neither allocates. It implements media.StereoPlayer;
// without a second channel, side stays as it is.
type Buffer struct {
	now   func() time.Time
	epoch time.Time

	mu      sync.Mutex
	decoder media.AudioDecoder
	closed  bool

	source   source
	packets  packets
	arrivals arrivals
	repairs  repairs
	holes    holes
	tempo    tempo
	hold     time.Duration // least delay, for lip sync

	running bool          // the playhead stands somewhere
	next    int64         // sequence number of the packet to decode next
	head    int64         // timestamp of the sample to decode next
	ahead   int           // samples invented while nothing was there, not yet set against head
	line    int64         // timestamp of the sample that the decoder would go on with
	comfort bool          // the sender is silent (DTX), so missing packets are no loss
	still   int           // steps in a row in which nothing could be heard
	played  time.Duration // moment of the last step
	speech  *speech
	noise   noise
	pacing  pacing
	stats   counters
}

var _ media.StereoPlayer = (*Buffer)(nil)

// New returns a buffer that decodes with decoder, which it owns from now on.
func New(decoder media.AudioDecoder, o Options) *Buffer {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Buffer{now: o.Now, epoch: o.Now(), decoder: decoder, speech: newSpeech(o.Channels)}
}

// Close closes the decoder. The buffer is silent from then on.
func (b *Buffer) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil
	}
	b.closed = true
	return b.decoder.Close()
}

// Push takes the payload of a packet that arrived at the given moment. It keeps
// no reference to payload.
func (b *Buffer) Push(seq uint16, timestamp uint32, payload []byte, arrival time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(payload) > maxPayload {
		b.stats.discarded++
		return
	}
	at := arrival.Sub(b.epoch)
	ext, wire, v := b.source.judge(seq, timestamp, len(payload) == 0)
	if v == discard {
		b.stats.discarded++
		return
	}
	if len(payload) > 0 && b.source.rate.observe(ext, wire, packetLength(payload), at) {
		v = restart
	}
	ts := b.source.rate.media(wire)
	if v == keep && b.arrivals.early(transit(at, ts)) {
		v = restart
	}
	reordered := v == keep && ext < b.source.highest
	if v == restart {
		b.restart()
		b.source.begin(ext, wire)
		ts = wire
	} else {
		b.source.count(ext, wire)
	}
	if len(payload) > 0 {
		b.arrivals.add(at, transit(at, ts), reordered)
	}
	b.store(ext, ts, payload, at)
}

// maxHold bounds what a late picture may cost the conversation.
const maxHold = 400 * time.Millisecond

// Hold makes sound wait at least d, up to 400 ms, for a picture that is later.
// The delay gets there by and by, as it does when the network asks for it.
func (b *Buffer) Hold(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.hold = min(max(d, 0), maxHold)
}

// Position returns the RTP timestamp of the sample that the next Play begins
// with; false while nothing is played.
func (b *Buffer) Position() (timestamp uint32, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return uint32(b.source.rate.wire(b.playhead())), b.running
}

// Play writes the next step of sound: of a buffer of two channels, the middle.
func (b *Buffer) Play(out *[media.StepSamples]int16) { b.PlayStereo(out, nil) }

// PlayStereo writes the next step of sound. It leaves side alone where it is
// silent, which it is for whoever speaks.
func (b *Buffer) PlayStereo(middle, side *[media.StepSamples]int16) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	b.played = b.tempo.beat(b.now().Sub(b.epoch), media.Step)
	for b.speech.len() < media.StepSamples {
		b.produce(b.played)
	}
	b.pace(b.played)
	real := b.speech.invent == 0
	if side != nil {
		b.speech.take(middle[:], side[:])
	} else {
		b.speech.take(middle[:], nil)
	}
	loud := level(middle[:])
	if b.still++; loud > inaudible || side != nil && level(side[:]) > inaudible {
		b.still = 0
	}
	if real {
		b.noise.observe(middle[:], loud)
	}
	b.stats.emit(loud)
}

// transit is the moment at less the moment that timestamp ts stands for.
func transit(at time.Duration, ts int64) time.Duration {
	return at - samples(ts)
}

// samples returns how long n samples last, for any n.
func samples[N int | int64](n N) time.Duration {
	const rate = media.SampleRate
	return time.Duration(n/rate)*time.Second + time.Duration(n%rate)*time.Second/rate
}

// count returns how many samples d lasts, for any d.
func count(d time.Duration) int {
	return int(d/time.Second)*media.SampleRate + int(d%time.Second*media.SampleRate/time.Second)
}

// store keeps a packet until it is due.
func (b *Buffer) store(ext, ts int64, payload []byte, at time.Duration) {
	if b.packets.has(ext) {
		return // a duplicate, which counts nowhere
	}
	if b.running && ext < b.next {
		b.stats.late(carriesPrevious(payload))
		return
	}
	if !b.running && b.packets.held == 0 {
		b.next = ext
	}
	b.next = min(b.next, ext)
	if ext >= b.next+slots {
		b.overflow(ext)
	}
	if carriesPrevious(payload) {
		b.stats.copies++
		b.repairs.carry(payload, at)
	}
	b.packets.put(ext, ts, payload, at)
}

// overflow makes room for ext by giving up what is oldest.
func (b *Buffer) overflow(ext int64) {
	b.next = ext - slots + 1
	b.stats.discarded += uint64(b.packets.before(b.next))
}

// restart begins anew with the next packet.
func (b *Buffer) restart() {
	b.stats.discarded += uint64(b.packets.clear())
	b.arrivals = arrivals{jitter: b.arrivals.jitter}
	b.pacing, b.repairs, b.holes = pacing{}, repairs{}, holes{}
	b.stop()
}

// stop lets the playhead stand nowhere until there is something to play.
func (b *Buffer) stop() {
	b.running, b.ahead, b.comfort = false, 0, false
}
