package playout

import (
	"time"

	"parley/media"
)

const (
	// patience is how much later than wanted sound may be played after a stall.
	// What is later still is given up.
	patience = time.Second
	// tolerance is how far a timestamp may be from where the last packet ended
	// without that meaning anything, in samples.
	tolerance = shortestFrame
	// rounding is how far a timestamp may be off for having been rounded.
	rounding = 16
	// silenceAfter is how long packets may be missing, without it being known
	// whether the sender is merely silent, until they count as lost. Opus sends
	// at least every 400 ms while it is silent (RFC 7587 section 3.1.3).
	silenceAfter = media.SampleRate
	// dispensable is how late sound must be for a hole in it to be left out.
	dispensable = media.Step
	// audible is how late it must be where somebody speaks, and the rhythm of speech
	// suffers.
	audible = dispensable + spare
)

// produce adds to the decoded sound whatever should follow it.
func (b *Buffer) produce(now time.Duration) {
	p := b.packets.first(b.next)
	switch {
	case p == nil && !b.running:
		b.idle()
	case p == nil:
		b.bridge(now)
	case p.size == 0:
		b.skip(p)
	case b.stale(p, now):
		b.giveUp(p)
	case !b.running:
		b.begin(p, now)
	default:
		b.proceed(p, now)
	}
}

// stale reports a packet that is later than patience lasts. The last one there is
// played all the same, so that a path that has become longer is heard while that
// is found out.
func (b *Buffer) stale(p *packet, now time.Duration) bool {
	late := transit(now, p.ts) - b.wanted()
	return late > patience && (b.packets.held > 1 || late > 3*patience)
}

// idle plays the background while the sender sends nothing.
func (b *Buffer) idle() {
	b.speech.rest(media.StepSamples, &b.noise)
	if b.stats.total > 0 {
		b.stats.total += media.StepSamples
		b.slate(media.StepSamples, true)
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
		b.idle()
		return
	}
	b.running, b.head, b.ahead = true, p.ts, 0
	b.next = p.seq
	b.decode(p, now)
}

// bridge invents sound because nothing is there. The playhead stands still, so
// that late packets are still played; past the limit it is given up.
func (b *Buffer) bridge(now time.Duration) {
	if transit(now, b.playhead())-b.wanted() > patience {
		b.stop()
		b.idle()
		return
	}
	b.ahead += media.StepSamples
	b.conceal(media.StepSamples)
}

// proceed plays p, or what should be heard before it.
func (b *Buffer) proceed(p *packet, now time.Duration) {
	b.settle(p)
	gap := int(p.ts - b.head)
	if gap-copied(p) >= tolerance && p.seq > b.next {
		b.holes.note(p.seq, now)
	}
	if gap > 0 {
		covered := min(gap, b.ahead)
		b.head += int64(covered)
		gap -= covered
	}
	b.ahead = 0
	gap -= b.catchUp(p, gap, now)
	switch {
	case gap <= -packetLength(p.payload()):
		b.giveUp(p)
	case gap < tolerance:
		b.decode(p, now)
	case p.seq == b.next: // nothing was sent before it
		b.comfort = true
		b.pause(p, now)
	case !b.due(b.head, now) && !restores(p, gap): // what is missing may still come
		b.ahead += media.StepSamples
		b.conceal(media.StepSamples)
	default:
		b.replace(p, gap)
	}
}

// catchUp leaves out as much of a gap before p as sound is late, and returns how
// many samples that was. What p carries a copy of is not left out.
func (b *Buffer) catchUp(p *packet, gap int, now time.Duration) int {
	gap -= copied(p)
	late := b.slack(now) - max(b.required(), b.hold, b.bearable()) + slightly
	if gap <= 0 || late < dispensable || late < audible && !b.isQuiet() {
		return 0
	}
	n := min(gap, int(late/media.Step)*media.StepSamples)
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
// frame from p if p carries it.
func (b *Buffer) replace(p *packet, gap int) {
	copied := copied(p)
	if restores(p, gap) {
		b.restore(p, copied)
		return
	}
	n := min((gap-copied)/shortestFrame*shortestFrame, media.StepSamples)
	n = max(n, shortestFrame)
	b.head += int64(n)
	b.conceal(n)
}

// copied returns how many samples p carries of what comes before it.
func copied(p *packet) int {
	if !carriesPrevious(p.payload()) {
		return 0
	}
	return frameLength(p.data[0])
}

// restores reports whether that is all of a gap.
func restores(p *packet, gap int) bool {
	n := copied(p)
	return n > 0 && gap <= n+tolerance
}

// restore decodes what comes before p from the copy in p.
func (b *Buffer) restore(p *packet, length int) {
	b.head = p.ts
	b.stats.total += uint64(length)
	b.tear(p.ts - int64(length))
	n, err := b.decoder.DecodeFEC(p.payload(), b.speech.room(length))
	if err != nil || n != length {
		b.stats.failed++
		b.rest(length)
		return
	}
	b.stats.restored++
	b.flush()
	b.stats.real()
	b.stats.inserted += uint64(b.speech.voice(n))
	b.line = p.ts
}

// decode plays p.
func (b *Buffer) decode(p *packet, now time.Duration) {
	b.flush()
	from := b.begins(p)
	overlap := int(max(b.head-from, 0))
	b.comfort = p.size <= 2
	b.tear(from)
	n, err := b.decoder.Decode(p.payload(), b.speech.room(longestPacket))
	if err != nil || n <= 0 || n > longestPacket {
		b.refuse(p)
		return
	}
	b.stats.total += uint64(n)
	b.stats.wait(now-p.arrival, b.speech.len(), n, b.target(), b.needed())
	b.stats.real()
	b.head, b.line = from+int64(n), from+int64(n)
	b.stats.inserted += uint64(b.speech.voiceBehind(n, min(overlap, n)))
	b.skip(p)
}

// begins returns the timestamp that p should have if it follows what is there,
// and else that which it has.
func (b *Buffer) begins(p *packet) int64 {
	if abs64(p.ts-b.head) <= rounding {
		return b.head
	}
	return p.ts
}

// refuse makes a packet that the decoder cannot read one that is lost.
func (b *Buffer) refuse(p *packet) {
	b.stats.failed++
	b.next = p.seq
	b.packets.drop(p)
}

// tear notes whether what the decoder writes next, which stands for ts, does not
// continue what it wrote last.
func (b *Buffer) tear(ts int64) {
	if ts != b.line {
		b.speech.torn = true
	}
}

// skip goes on behind p.
func (b *Buffer) skip(p *packet) {
	b.next = p.seq + 1
	b.packets.drop(p)
}

// giveUp goes on behind p, which is too late.
func (b *Buffer) giveUp(p *packet) {
	b.stats.late(false)
	b.skip(p)
}
