package playout

import (
	"time"

	"parley/media"
)

const (
	// patience is how much later than wanted a stream that stalls may be played
	// before sound is given up instead.
	patience = 150 * time.Millisecond
	// tolerance is how far a timestamp may be from where the last packet ended
	// without that meaning anything, in samples.
	tolerance = shortestFrame
	// silenceAfter is how long packets may be missing, without it being known
	// whether the sender is merely silent, until they count as lost. Opus sends
	// at least every 400 ms while it is silent (RFC 7587 section 3.1.3).
	silenceAfter = media.SampleRate
)

// produce adds to the decoded sound whatever should follow it.
func (b *Buffer) produce(now time.Duration) {
	p := b.packets.first(b.next)
	switch {
	case p == nil && !b.running:
		b.speech.rest(media.StepSamples)
	case p == nil:
		b.bridge(now)
	case p.size == 0:
		b.skip(p)
	case !b.running:
		b.begin(p, now)
	default:
		b.proceed(p, now)
	}
}

// due reports whether a sample with that timestamp should be heard by the time
// that what is decoded already has been played.
func (b *Buffer) due(ts int64, now time.Duration) bool {
	return transit(now+samples(b.speech.len()), ts) >= b.wanted()
}

// begin waits until the first packet has been delayed enough.
func (b *Buffer) begin(p *packet, now time.Duration) {
	if !b.due(p.ts, now) {
		b.speech.rest(media.StepSamples)
		return
	}
	b.running, b.head, b.ahead = true, p.ts, 0
	b.decode(p, now)
}

// bridge invents sound because nothing is there. The playhead stands still at
// first, so that a late packet is still played; past the limit it goes on, so
// that a stall does not leave a long delay behind.
func (b *Buffer) bridge(now time.Duration) {
	playhead := b.head - int64(b.speech.len())
	if transit(now, playhead)-b.wanted() < patience {
		b.ahead += media.StepSamples
	} else {
		b.head += media.StepSamples
	}
	b.conceal(media.StepSamples)
}

// proceed plays p, or what should be heard before it.
func (b *Buffer) proceed(p *packet, now time.Duration) {
	b.settle(p)
	gap := int(p.ts - b.head)
	if gap > 0 {
		covered := min(gap, b.ahead)
		b.head += int64(covered)
		gap -= covered
	}
	b.ahead = 0
	gap -= b.catchUp(gap, now)
	switch {
	case gap <= -packetLength(p.payload()):
		b.stats.discarded++
		b.skip(p)
	case gap < tolerance:
		b.decode(p, now)
	case p.seq == b.next: // nothing was sent before it
		b.comfort = true
		b.pause(p, now)
	case !b.due(b.head, now): // what is missing may still come
		b.ahead += media.StepSamples
		b.conceal(media.StepSamples)
	default:
		b.replace(p, gap)
	}
}

// catchUp gives up what is later than patience allows, of a gap, and returns how
// many samples that was.
func (b *Buffer) catchUp(gap int, now time.Duration) int {
	late := transit(now, b.head) - b.wanted() - patience
	n := max(min(gap, count(late)), 0)
	b.head += int64(n)
	return n
}

// pause waits until a packet that follows a silence is due. Here the delay can
// be changed without anybody hearing it.
func (b *Buffer) pause(p *packet, now time.Duration) {
	if b.due(p.ts, now) {
		b.head = p.ts
		b.decode(p, now)
		return
	}
	b.conceal(media.StepSamples)
}

// replace stands in for lost packets before p: invents them, but takes the last
// from p if p carries it.
func (b *Buffer) replace(p *packet, gap int) {
	length := min(packetLength(p.payload()), usualFrame*3)
	if carriesPrevious(p.payload()) && gap <= length+tolerance {
		b.restore(p, length)
		return
	}
	n := min(gap/shortestFrame*shortestFrame, media.StepSamples)
	if carriesPrevious(p.payload()) {
		n = min(n, max(gap-length, shortestFrame)/shortestFrame*shortestFrame)
	}
	b.head += int64(n)
	b.conceal(n)
}

// restore decodes the packet before p from the copy in p.
func (b *Buffer) restore(p *packet, length int) {
	b.head = p.ts
	n, err := b.decoder.DecodeFEC(p.payload(), b.speech.room(length))
	if err != nil || n <= 0 || n > length {
		b.stats.failed++
		b.conceal(length)
		return
	}
	b.stats.restored++
	b.stats.total += uint64(n)
	b.speech.voice(n)
}

// decode plays p.
func (b *Buffer) decode(p *packet, now time.Duration) {
	b.flush()
	overlap := int(max(b.head-p.ts, 0))
	b.losing += (b.lostBefore(p) - b.losing) / 64
	b.arrivals.recover = b.losing > 0.01
	b.comfort = p.size <= 2
	n, err := b.decoder.Decode(p.payload(), b.speech.room(longestPacket))
	if err != nil || n <= 0 || n > longestPacket {
		b.stats.failed++
		b.head = p.ts + usualFrame
		b.conceal(usualFrame)
		b.skip(p)
		return
	}
	b.stats.delay += (now - p.arrival + samples(b.speech.len())).Seconds() * float64(n)
	b.stats.emitted += uint64(n)
	b.stats.total += uint64(n)
	b.head = p.ts + int64(n)
	b.speech.voice(n)
	b.speech.cut(min(overlap, n), n)
	b.skip(p)
}

// lostBefore returns 1 when packets are missing before p, else 0.
func (b *Buffer) lostBefore(p *packet) float64 {
	if p.seq > b.next {
		return 1
	}
	return 0
}

// skip goes on behind p.
func (b *Buffer) skip(p *packet) {
	b.next = p.seq + 1
	b.packets.drop(p)
}

// conceal invents n samples. While it is unknown whether anything is missing
// they are put on the slate.
func (b *Buffer) conceal(n int) {
	b.stats.total += uint64(n)
	if b.speech.silent() && !b.comfort {
		b.speech.rest(n)
		b.slate(n, true)
		return
	}
	got, err := b.decoder.Conceal(b.speech.room(n))
	if err != nil || got != n {
		b.stats.failed++
		b.speech.rest(n)
		b.slate(n, true)
		return
	}
	if b.comfort {
		b.speech.voice(n)
	} else {
		b.speech.fade(n)
	}
	b.slate(n, false)
}

// slate notes n invented samples, to be counted as concealed unless it turns
// out that the sender was silent.
func (b *Buffer) slate(n int, silent bool) {
	if b.comfort {
		return
	}
	b.stats.slate += n
	if silent {
		b.stats.silentSlate += n
	}
	if b.stats.slate > silenceAfter {
		b.flush()
	}
}

// settle decides what the slate was, now that p is there.
func (b *Buffer) settle(p *packet) {
	if p.seq == b.next && p.ts-b.head >= tolerance {
		b.stats.slate, b.stats.silentSlate = 0, 0
	}
}

// flush counts what is on the slate as concealed.
func (b *Buffer) flush() {
	b.stats.concealed += uint64(b.stats.slate)
	b.stats.silent += uint64(b.stats.silentSlate)
	b.stats.slate, b.stats.silentSlate = 0, 0
}
