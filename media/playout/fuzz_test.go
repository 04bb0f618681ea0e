package playout

import (
	"encoding/binary"
	"testing"
	"time"

	"parley/media"
)

// jump is the most that neighbouring samples may differ by, whatever arrives:
// some times the slope of the tone, and a tenth of what a cut through it would be.
const jump = 1600

// FuzzBuffer reads its input as a list of what happens: packets with any
// numbers, some of them as they should be, steps played in between, new streams,
// pictures that are late. Nothing may panic or hang, nor click, the delay must be
// bounded and the counters stay believable.
func FuzzBuffer(f *testing.F) {
	f.Add([]byte{0, 0, 1, 0, 0, 3, 192, 10, 1, 1, 0, 2, 0, 0, 7, 128, 10, 9})
	f.Add([]byte{0, 255, 255, 255, 255, 255, 255, 2, 1, 0, 0, 0, 0, 0, 0, 0, 200})
	f.Add([]byte("\xa2\x00\x00\x00\x00\x00\x00\x08\xa2\x00\x00\x00\x00\x00\x00\x08\xa2\x00\x00\x00\x00\x00\x00\x08\xa2\x00\x00\x00\x00\x00\x00\x08"))
	f.Fuzz(func(t *testing.T, script []byte) {
		script = script[:min(len(script), 1024)] // a long script finds nothing more, slowly
		l := newLine()
		l.decoder.steady = true
		var next struct {
			seq uint16
			ts  uint32
		}
		for len(script) >= 8 {
			how, what := script[0], script[7]
			seq, ts := binary.BigEndian.Uint16(script[1:]), binary.BigEndian.Uint32(script[3:])
			if how&0x80 != 0 { // what should follow, give or take
				seq, ts = next.seq+uint16(script[1]&3), next.ts+uint32(script[2])
			}
			next.seq, next.ts = seq+1, ts+uint32(packetLength([]byte{what, 1}))
			payload := tonePacket(ts, how&1 != 0)
			payload[0] = what
			payload = payload[:min(int(how>>3&15), len(payload))]
			l.buffer.Push(seq, ts, payload, l.start.Add(l.now))
			l.run(nil, time.Duration(how&7)*media.Step)
			strange(l, how, what)
			script = script[8:]
		}
		check(t, l)
	})
}

// strange does what happens rarely.
func strange(l *line, how, what byte) {
	switch how {
	case 0x57:
		l.now += time.Duration(what) * time.Second // the device slept
	case 0x67:
		l.buffer.Hold(time.Duration(what) * 2 * time.Millisecond)
	case 0x6f:
		l.buffer.Push(0, 0, make([]byte, 8*int(what)), l.start.Add(l.now))
	}
}

func check(t *testing.T, l *line) {
	t.Helper()
	s := l.buffer.Stats()
	if s.ConcealedSamples > s.TotalSamplesReceived || s.SilentConcealedSamples > s.ConcealedSamples ||
		s.FECPacketsDiscarded > s.FECPacketsReceived || s.ConcealmentEvents > s.ConcealedSamples {
		t.Errorf("the counters do not agree: %+v", s)
	}
	if n := l.buffer.packets.held; n < 0 || n > slots {
		t.Errorf("%d packets held", n)
	}
	if s.Delay > 3*patience+maxDelay+longestPacket*time.Second/media.SampleRate+10*media.Step {
		t.Errorf("delay %v", s.Delay)
	}
	if s.TargetDelay > maxDelay {
		t.Errorf("target %v", s.TargetDelay)
	}
	if n := l.buffer.speech.len(); n < 0 || n > waiting {
		t.Errorf("%d samples wait", n)
	}
	if got := steepest(l.heard); got > jump {
		t.Errorf("a step of %d", got)
	}
}
