package playout

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"parley/media"
)

// tocs of SILK packets of one frame, by the milliseconds that they hold.
var tocs = map[int]byte{10: 0 << 3, 20: 1 << 3, 40: 2 << 3, 60: 3 << 3}

// sent returns what a sender sends for the given time that puts so many
// milliseconds into each packet, and the clock counts so fast.
func sent(ms int, start, length time.Duration, rate float64, seq uint16) trace {
	var t trace
	for at := time.Duration(0); at < length; at += time.Duration(ms) * time.Millisecond {
		ts := uint32(at.Seconds() * rate)
		p := tonePacket(uint32(count(start+at)), false)
		p[0] = tocs[ms]
		t = append(t, delivery{start + at, seq, ts, p})
		seq++
	}
	return t
}

func TestBuffer_EveryPacketLength_IsHeardSoon(t *testing.T) {
	for ms := range tocs {
		l := newLine()
		l.run(sent(ms, 0, 20*time.Second, 48000, 7).delayed(func(i int) time.Duration {
			return time.Duration(i*7919%1000) * time.Microsecond
		}), 20*time.Second)
		s := l.buffer.Stats()
		if s.Delay > 13*time.Millisecond || s.ConcealedSamples != 0 {
			t.Errorf("%d ms: delay %v, %d samples concealed", ms, s.Delay, s.ConcealedSamples)
		}
		if got := steepest(l.heard[media.SampleRate/10:]); got > toneSlope {
			t.Errorf("%d ms: a step of %d", ms, got)
		}
	}
}

func TestBuffer_ChangingPacketLength_IsNotHeard(t *testing.T) {
	l := newLine()
	var tr trace
	at := time.Duration(0)
	for _, ms := range []int{20, 10, 60, 40, 10, 20, 60, 20} {
		for range 600 / ms {
			// A packet is sent when all of it is there.
			p := tonePacket(uint32(count(at)), false)
			p[0] = tocs[ms]
			length := time.Duration(ms) * time.Millisecond
			tr = append(tr, delivery{at + length, uint16(len(tr)), uint32(count(at)), p})
			at += length
		}
	}
	l.run(tr, at)
	s := l.buffer.Stats()
	t.Logf("delay %v of %v, %d samples concealed", s.Delay, s.TargetDelay, s.ConcealedSamples)
	if s.PacketsDiscarded != 0 || s.ConcealedSamples > 8*media.StepSamples {
		t.Errorf("%d discarded, %d samples concealed", s.PacketsDiscarded, s.ConcealedSamples)
	}
	if got := steepest(l.heard[media.SampleRate/10:]); got > toneSlope {
		t.Errorf("a step of %d", got)
	}
}

func TestBuffer_WrongClockRate_IsHeard(t *testing.T) {
	for _, rate := range []float64{8000, 16000, 44100, 96000, 90000} {
		l := newLine()
		l.run(sent(20, 0, 20*time.Second, rate, 0), 20*time.Second)
		s := l.buffer.Stats()
		t.Logf("%v Hz: delay %v, %d samples concealed, %d discarded", rate, s.Delay, s.ConcealedSamples, s.PacketsDiscarded)
		tail := l.heard[5*media.SampleRate:]
		if got := level(tail); got < 5600 {
			t.Errorf("%v Hz: level %.0f", rate, got)
		}
		if got := steepest(tail); got > toneSlope {
			t.Errorf("%v Hz: a step of %d", rate, got)
		}
		if s.Delay > 60*time.Millisecond || l.buffer.packets.held > 5 {
			t.Errorf("%v Hz: delay %v, %d packets wait", rate, s.Delay, l.buffer.packets.held)
		}
		before, _ := l.buffer.Position()
		l.run(sent(20, l.now, time.Second, rate, 1000)[:0], 0)
		if want := uint32(l.now.Seconds() * rate); math.Abs(float64(int32(before-want))) > rate/10 {
			t.Errorf("%v Hz: position %d, the sender is at %d", rate, before, want)
		}
	}
}

func TestBuffer_DriftingClock_StaysInTime(t *testing.T) {
	for _, ppm := range []float64{-1000, 100, 1000} {
		l := newLine()
		most := time.Duration(0)
		tr := sent(10, 0, 2*time.Minute+time.Second, 48000, 0)
		for i := range tr {
			tr[i].at = time.Duration(float64(tr[i].at) * (1 + ppm/1e6))
		}
		for range 12 {
			l.run(tr, 10*time.Second)
			tr = nil
			if l.now > 15*time.Second { // the path is proven
				most = max(most, l.buffer.Stats().Delay)
			}
		}
		s := l.buffer.Stats()
		t.Logf("%v ppm: delay %v, at most %v, %d concealed, %d removed, %d inserted", ppm, s.Delay, most,
			s.ConcealedSamples, s.RemovedSamplesForAcceleration, s.InsertedSamplesForDeceleration)
		if most > 20*time.Millisecond {
			t.Errorf("%v ppm: delay %v", ppm, most)
		}
		if s.ConcealedSamples > media.SampleRate/10 {
			t.Errorf("%v ppm: %d samples concealed", ppm, s.ConcealedSamples)
		}
		if got := steepest(l.heard[media.SampleRate/10:]); got > toneSlope {
			t.Errorf("%v ppm: a step of %d", ppm, got)
		}
	}
}

func TestBuffer_AnHourOfSilence_IsOverAtOnce(t *testing.T) {
	l := newLine()
	l.run(stream(100, 0, false), 100*frame)
	for range 360 {
		l.run(nil, 10*time.Second)
		l.heard = l.heard[:0]
	}
	// The sender's clock has run 200 ppm slow meanwhile: 0.7 s.
	tr := stream(200, l.now, false)
	for i := range tr {
		tr[i].seq += 100
		tr[i].ts += uint32(count(l.now) - media.SampleRate*7/10)
	}
	l.run(tr, 200*frame)
	s := l.buffer.Stats()
	if s.Delay > 75*time.Millisecond || s.PacketsLost != 0 {
		t.Errorf("delay %v, %d lost", s.Delay, s.PacketsLost)
	}
	if got := level(l.heard[12*usualFrame:]); got < 5500 {
		t.Errorf("level %.0f after the silence", got)
	}
	if got := steepest(l.heard); got > toneSlope {
		t.Errorf("a step of %d", got)
	}
}

func TestBuffer_Stall_KeepsTheWordsAndCatchesUp(t *testing.T) {
	l := newLine()
	l.run(stream(600, 0, false).delayed(stall(300, time.Second)), 7*time.Second)
	if d := l.buffer.Stats().Delay; d < 800*time.Millisecond {
		t.Errorf("delay %v when the stall ends: words were lost", d)
	}
	l.run(nil, 1200*time.Millisecond)
	if s := l.buffer.Stats(); s.Delay > s.TargetDelay+200*time.Millisecond || s.PacketsDiscarded != 0 {
		t.Errorf("delay %v a second later, %d packets discarded", s.Delay, s.PacketsDiscarded)
	}
	if got := steepest(l.heard[media.SampleRate/10:]); got > toneSlope {
		t.Errorf("a step of %d", got)
	}
}

func TestBuffer_LongStall_IsBounded(t *testing.T) {
	l := newLine()
	l.run(stream(600, 0, false).delayed(stall(100, 5*time.Second)), 7100*time.Millisecond)
	if d := l.buffer.Stats().Delay; d > 1300*time.Millisecond {
		t.Errorf("delay %v", d)
	}
	l.run(nil, 2*time.Second)
	if s := l.buffer.Stats(); s.Delay > s.TargetDelay+50*time.Millisecond {
		t.Errorf("delay %v two seconds later", s.Delay)
	}
}

func TestBuffer_Hold_MovesSmoothlyBothWays(t *testing.T) {
	l := newLine()
	l.run(stream(2000, 0, false), 3*time.Second)
	for _, step := range []struct{ hold, least, most time.Duration }{
		{150 * time.Millisecond, 150 * time.Millisecond, 175 * time.Millisecond},
		{80 * time.Millisecond, 80 * time.Millisecond, 105 * time.Millisecond},
		{time.Hour, maxHold, maxHold + 40*time.Millisecond},
		{0, 0, 15 * time.Millisecond},
	} {
		l.buffer.Hold(step.hold)
		l.run(nil, 4*time.Second)
		s := l.buffer.Stats()
		if s.Delay < step.least || s.Delay > step.most {
			t.Errorf("held for %v: delay %v", step.hold, s.Delay)
		}
		at, ok := l.buffer.Position()
		if want := uint32(count(l.now - s.Delay)); !ok || abs(int(int32(at-want))) > 2 {
			t.Errorf("held for %v: position %d, %v; want %d", step.hold, at, ok, want)
		}
	}
	if s := l.buffer.Stats(); s.ConcealedSamples != 0 || s.JitterBufferMinimumDelay >= s.JitterBufferTargetDelay {
		t.Errorf("%d samples concealed, minimum %.1f of target %.1f", s.ConcealedSamples, s.JitterBufferMinimumDelay, s.JitterBufferTargetDelay)
	}
	if got := steepest(l.heard[media.SampleRate/10:]); got > toneSlope {
		t.Errorf("a step of %d", got)
	}
}

func TestBuffer_UnevenPlay_IsNoJitter(t *testing.T) {
	l := newLine()
	r := rand.New(rand.NewPCG(5, 6))
	tr := sent(10, 0, 20*time.Second, 48000, 0)
	l.run(tr[:400], 4*time.Second)
	concealed := l.buffer.Stats().ConcealedSamples
	for _, p := range tr[400:] {
		l.run(trace{p}, 0)
		l.now += media.Step
		late := time.Duration(r.Int64N(int64(5 * time.Millisecond)))
		l.now += late
		var out [media.StepSamples]int16
		l.buffer.Push(p.seq, p.ts, p.payload, l.start.Add(p.at))
		l.buffer.Play(&out)
		l.now -= late
	}
	s := l.buffer.Stats()
	if s.ConcealedSamples != concealed || s.Delay > 25*time.Millisecond {
		t.Errorf("%d samples concealed, delay %v", s.ConcealedSamples-concealed, s.Delay)
	}
}
