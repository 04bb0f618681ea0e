package playout

import (
	"testing"
	"time"

	"parley/media"
)

// pairDecoder is a toneDecoder of two channels: the right one is silent if wide.
type pairDecoder struct {
	toneDecoder
	wide bool
	mono [longestPacket]int16
}

func (d *pairDecoder) spread(n int, err error, pcm []int16) (int, error) {
	for i, v := range d.mono[:n] {
		pcm[2*i], pcm[2*i+1] = v, v
		if d.wide {
			pcm[2*i+1] = 0
		}
	}
	return n, err
}

func (d *pairDecoder) Decode(packet []byte, pcm []int16) (int, error) {
	n, err := d.toneDecoder.Decode(packet, d.mono[:len(pcm)/2])
	return d.spread(n, err, pcm)
}

func (d *pairDecoder) DecodeFEC(packet []byte, pcm []int16) (int, error) {
	n, err := d.toneDecoder.DecodeFEC(packet, d.mono[:len(pcm)/2])
	return d.spread(n, err, pcm)
}

func (d *pairDecoder) Conceal(pcm []int16) (int, error) {
	n, err := d.toneDecoder.Conceal(d.mono[:len(pcm)/2])
	return d.spread(n, err, pcm)
}

func replayed(t *testing.T, decoder media.AudioDecoder, channels int, tr trace, length time.Duration) (middle, side []int16, b *Buffer) {
	t.Helper()
	var deliveries []Delivery
	for _, p := range tr {
		deliveries = append(deliveries, Delivery{p.at, p.seq, p.ts, p.payload})
	}
	err := Replay(decoder, channels, deliveries, length, func(_ time.Duration, buffer *Buffer, step *media.Sound) {
		middle, side, b = append(middle, step.Samples[:]...), append(side, step.Side[:]...), buffer
	})
	if err != nil {
		t.Fatal(err)
	}
	return middle, side, b
}

func rough(i int) time.Duration {
	switch {
	case i%23 == 7 || i%97 > 93:
		return -1
	case i > 300 && i < 400:
		return time.Duration(i*7919%80) * time.Millisecond
	}
	return 0
}

func TestStereo_SidesStayTogether(t *testing.T) {
	const length = 20 * time.Second
	tr := stream(1000, 0, true).delayed(rough)
	middle, side, b := replayed(t, &pairDecoder{toneDecoder: toneDecoder{hertz: 200}, wide: true}, 2, tr, length)
	for i := range middle {
		if abs(int(middle[i])-int(side[i])) > 2 { // right is middle less side
			t.Fatalf("sample %d: middle %d, side %d", i, middle[i], side[i])
		}
	}
	if s := b.Stats(); s.RemovedSamplesForAcceleration == 0 || s.InsertedSamplesForDeceleration == 0 || s.ConcealedSamples == 0 {
		t.Errorf("nothing happened: %+v", s)
	}
}

func TestStereo_OfMono_IsMono(t *testing.T) {
	const length = 20 * time.Second
	tr := stream(1000, 0, true).delayed(rough)
	want, _, _ := replayed(t, &toneDecoder{hertz: 200}, 1, tr, length)
	got, side, b := replayed(t, &pairDecoder{toneDecoder: toneDecoder{hertz: 200}}, 2, tr, length)
	for i := range want {
		if got[i] != want[i] || side[i] != 0 {
			t.Fatalf("sample %d: %d and %d, want %d and 0", i, got[i], side[i], want[i])
		}
	}
	if b.speech.second != 0 {
		t.Error("the side channel is looked after")
	}
}

func TestStereo_SideThatEnds_IsForgotten(t *testing.T) {
	d := &pairDecoder{toneDecoder: toneDecoder{hertz: 200}, wide: true}
	l := newLine()
	b := New(d, Options{Now: func() time.Time { return l.start.Add(l.now) }, Channels: 2})
	seen := false
	for i := range 200 {
		d.wide = i < 100
		ts := uint32(i * usualFrame)
		b.Push(uint16(i), ts, tonePacket(ts, false), l.start.Add(l.now))
		for range 2 {
			var middle, side [media.StepSamples]int16
			b.PlayStereo(&middle, &side)
			seen = seen || side != [media.StepSamples]int16{}
			l.now += media.Step
		}
	}
	if !seen || b.speech.second != 0 {
		t.Errorf("seen %v, %d samples left", seen, b.speech.second)
	}
}
