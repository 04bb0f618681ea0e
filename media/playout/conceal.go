package playout

// Where the sender is silent (DTX) and its background has not been louder than
// inaudible, root mean square, for stillAfter steps, as of a microphone that is off,
// the decoder is not asked for more of it: it takes as long over it as over speech.
const (
	inaudible  = 1.0
	stillAfter = 20
)

// conceal invents n samples. While it is unknown whether anything is missing
// they are put on the slate.
func (b *Buffer) conceal(n int) {
	b.stats.total += uint64(n)
	if b.speech.silent() && !b.comfort {
		b.rest(n)
		return
	}
	if b.comfort && b.still >= stillAfter {
		clear(b.speech.room(n))
		b.line += int64(n)
		b.speech.hush(n)
		return
	}
	got, err := b.decoder.Conceal(b.speech.room(n))
	if err != nil || got != n {
		b.stats.failed++
		b.rest(n)
		return
	}
	b.line += int64(n)
	if b.comfort {
		b.speech.hush(n)
	} else {
		b.speech.fade(n, &b.noise)
	}
	b.slate(n, false)
}

// rest plays n samples of background.
func (b *Buffer) rest(n int) {
	b.speech.rest(n, &b.noise)
	b.slate(n, true)
}

// slate notes n invented samples, to be counted as concealed unless it turns
// out that the sender was silent.
func (b *Buffer) slate(n int, silent bool) {
	if b.comfort {
		return
	}
	if b.stats.slate == 0 && !b.stats.concealing {
		b.stats.pending = true
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
		b.stats.slate, b.stats.silentSlate, b.stats.pending = 0, 0, false
	}
}

// flush counts what is on the slate as concealed.
func (b *Buffer) flush() {
	c := &b.stats
	if c.slate == 0 {
		return
	}
	if c.pending {
		c.events++
		c.pending, c.concealing = false, true
	}
	c.concealed += uint64(c.slate)
	c.silent += uint64(c.silentSlate)
	c.slate, c.silentSlate = 0, 0
}
