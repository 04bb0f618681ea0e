package playout

import (
	"testing"
	"time"

	"parley/media"
)

// backgroundDecoder makes background of a loudness of what a silent sender sends.
type backgroundDecoder struct {
	toneDecoder
	loud int16
}

func (d *backgroundDecoder) Decode(packet []byte, pcm []int16) (int, error) {
	if len(packet) > 2 {
		return d.toneDecoder.Decode(packet, pcm)
	}
	d.background(pcm[:packetLength(packet)])
	return packetLength(packet), nil
}

func (d *backgroundDecoder) Conceal(pcm []int16) (int, error) {
	d.plc++
	d.background(pcm)
	return len(pcm), nil
}

func (d *backgroundDecoder) background(pcm []int16) {
	for i := range pcm {
		pcm[i] = d.loud - 2*d.loud*int16(i&1)
	}
}

func TestBuffer_BackgroundThatNobodyHears_IsNotDecoded(t *testing.T) {
	for _, c := range []struct {
		loud        int16
		least, most int // steps that the decoder makes up in 4 s
	}{{0, 0, 2 * stillAfter}, {1, 0, 2 * stillAfter}, {3, 350, 400}} {
		d := &backgroundDecoder{toneDecoder: toneDecoder{hertz: 200}, loud: c.loud}
		l := newLine()
		l.buffer = New(d, Options{Now: func() time.Time { return l.start.Add(l.now) }})
		const silence, every = 4 * time.Second, 400 * time.Millisecond
		sent := stream(50, 0, false)
		sequence := uint16(50)
		for at := time.Second; at < time.Second+silence; at += every {
			sent = append(sent, delivery{at, sequence, uint32(count(at)), []byte{1 << 3}})
			sequence++
		}
		for i := range 50 { // and speaks again
			at := time.Second + silence + time.Duration(i)*20*time.Millisecond
			ts := uint32(count(at))
			sent = append(sent, delivery{at, sequence, ts, tonePacket(ts, false)})
			sequence++
		}
		l.run(sent, 6*time.Second)
		if d.plc < c.least || d.plc > c.most {
			t.Errorf("background of %d: %d steps were made up, want %d to %d", c.loud, d.plc, c.least, c.most)
		}
		s := l.buffer.Stats()
		if s.ConcealedSamples > 0 || s.PacketsDiscarded > 0 {
			t.Errorf("background of %d: %d samples concealed, %d packets discarded", c.loud, s.ConcealedSamples, s.PacketsDiscarded)
		}
		spoken := l.heard[len(l.heard)-media.SampleRate/2:]
		if v := level(spoken); v < 5000 {
			t.Errorf("background of %d: speech after it has level %.0f", c.loud, v)
		}
		if v := steepest(l.heard); v > 400 {
			t.Errorf("background of %d: a click of %d", c.loud, v)
		}
	}
}
