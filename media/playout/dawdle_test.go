package playout

import (
	"fmt"
	"testing"
	"time"

	"parley/media"
)

// hushDecoder stands for a sender in a quiet room, where the delay is changed fast.
type hushDecoder struct{ toneDecoder }

func (d *hushDecoder) Decode(packet []byte, pcm []int16) (int, error) {
	return copy(pcm, hiss(uint64(len(packet)), 20, packetLength(packet))), nil
}

// Of long packets much waits already when the delay must grow by much at once.
func TestBuffer_DelayThatGrowsInQuiet_FitsTheQueue(t *testing.T) {
	const length, sudden = 10 * time.Second, 5 * time.Second
	for _, c := range []struct {
		frames int // of 60 ms in a packet
		hold   time.Duration
		late   time.Duration // of every other packet, for a moment
	}{
		{1, 0, 290 * time.Millisecond},
		{2, 0, 290 * time.Millisecond},
		{2, maxHold, 0},
	} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			step := time.Duration(c.frames) * 60 * time.Millisecond
			at := func(i int) time.Duration { return time.Duration(i) * step }
			var tr trace
			for i := range int(length / step) {
				p := tonePacket(0, false)
				p[0] = tocs[60] | byte(c.frames-1)
				tr = append(tr, delivery{at(i), uint16(i), uint32(count(at(i))), p})
			}
			tr = tr.delayed(func(i int) time.Duration {
				if at(i) > sudden && at(i) < sudden+6*step && i%2 == 0 {
					return c.late
				}
				return 0
			})
			l := newLine()
			l.buffer = New(&hushDecoder{}, Options{Now: func() time.Time { return l.start.Add(l.now) }})
			l.run(tr, sudden)
			l.buffer.Hold(c.hold)
			wanted := time.Duration(0)
			for l.now < length {
				l.run(nil, media.Step)
				wanted = max(wanted, l.buffer.Stats().TargetDelay)
				if n := l.buffer.speech.len(); n > waiting {
					t.Fatalf("%d samples wait", n)
				}
			}
			if wanted < max(c.late, c.hold) {
				t.Errorf("the delay should grow to %v only", wanted)
			}
		})
	}
}
