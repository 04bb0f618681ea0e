package playout

import (
	"testing"
	"time"

	"parley/media"
)

// tableDecoder costs next to nothing: what is measured is the buffer.
type tableDecoder struct {
	pcm [2 * longestPacket]int16
}

func newTableDecoder() *tableDecoder {
	d := new(tableDecoder)
	for i, v := range sine(110, 8000, len(d.pcm)/2) {
		d.pcm[2*i], d.pcm[2*i+1] = v, v/2
	}
	return d
}

func (d *tableDecoder) Decode(_ []byte, pcm []int16) (int, error) {
	return copy(pcm, d.pcm[:2*usualFrame]), nil
}

func (d *tableDecoder) DecodeFEC(_ []byte, pcm []int16) (int, error) {
	return copy(pcm, d.pcm[:]), nil
}

func (d *tableDecoder) Conceal(pcm []int16) (int, error) { return copy(pcm, d.pcm[:]), nil }

func (d *tableDecoder) Close() error { return nil }

// halved makes mono of a tableDecoder's two channels, or leaves them.
type halved struct {
	*tableDecoder
	channels int
}

func (h halved) Decode(_ []byte, pcm []int16) (int, error) {
	return copy(pcm, h.pcm[:h.channels*usualFrame]) / h.channels, nil
}

// BenchmarkPlay measures one step of 10 ms without decoding, pushes included:
// with an even stream, with one in whose delay something is always to be
// changed, and when half of the packets are lost.
func BenchmarkPlay(b *testing.B) {
	for _, bb := range []struct {
		name     string
		channels int
		late     func(i int) time.Duration
	}{
		{"even", 1, func(int) time.Duration { return 0 }},
		{"stereo", 2, func(int) time.Duration { return 0 }},
		{"stretched", 1, func(i int) time.Duration { return time.Duration(i/100%2) * 200 * time.Millisecond }},
		{"lost", 1, func(i int) time.Duration { return time.Duration(-(i & 1)) }},
	} {
		b.Run(bb.name, func(b *testing.B) {
			start, now := time.Unix(1e9, 0), time.Duration(0)
			buffer := New(halved{newTableDecoder(), bb.channels},
				Options{Now: func() time.Time { return start.Add(now) }, Channels: bb.channels})
			payload := tonePacket(0, false)
			var middle, side [media.StepSamples]int16
			sent := 0
			b.ReportAllocs()
			for b.Loop() {
				for {
					late := bb.late(sent)
					if time.Duration(sent)*frame+late > now {
						break
					}
					if late >= 0 {
						buffer.Push(uint16(sent), uint32(sent*usualFrame), payload, start.Add(now))
					}
					sent++
				}
				buffer.PlayStereo(&middle, &side)
				now += media.Step
			}
		})
	}
}
