package playout

import (
	"encoding/binary"
	"testing"
	"time"

	"parley/media"
)

// FuzzBuffer reads its input as a list of what happens: packets with any
// numbers, and steps played in between. Nothing may panic or hang, and the
// counters must stay believable.
func FuzzBuffer(f *testing.F) {
	f.Add([]byte{0, 0, 1, 0, 0, 3, 192, 10, 1, 1, 0, 2, 0, 0, 7, 128, 10, 9})
	f.Add([]byte{0, 255, 255, 255, 255, 255, 255, 2, 1, 0, 0, 0, 0, 0, 0, 0, 200})
	f.Fuzz(func(t *testing.T, script []byte) {
		l := newLine()
		var out [media.StepSamples]int16
		for len(script) >= 8 {
			ts := binary.BigEndian.Uint32(script[3:])
			payload := tonePacket(ts, script[0]&1 != 0)
			payload[0] = script[7]
			payload = payload[:min(int(script[0]>>4), len(payload))]
			l.buffer.Push(binary.BigEndian.Uint16(script[1:]), ts, payload, l.start.Add(l.now))
			for range script[0] & 15 {
				l.buffer.Play(&out)
				l.now += media.Step
			}
			if script[0]&15 == 15 {
				l.now += time.Duration(script[7]) * time.Second
			}
			script = script[8:]
		}
		s := l.buffer.Stats()
		if s.ConcealedSamples > s.TotalSamplesReceived || s.SilentConcealedSamples > s.ConcealedSamples {
			t.Errorf("more concealed than there was: %+v", s)
		}
		if n := l.buffer.packets.held; n < 0 || n > slots {
			t.Errorf("%d packets held", n)
		}
	})
}
