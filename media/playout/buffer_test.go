package playout

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"parley/media"
)

const frame = 20 * time.Millisecond

// stream returns n packets sent every 20 ms from start on.
func stream(n int, start time.Duration, fec bool) trace {
	t := make(trace, n)
	for i := range t {
		ts := uint32(i * usualFrame)
		t[i] = delivery{start + time.Duration(i)*frame, uint16(i), ts, tonePacket(ts, fec)}
	}
	return t
}

// delayed sorts a trace after every packet was delayed by what late says; a
// negative delay loses the packet.
func (t trace) delayed(late func(i int) time.Duration) trace {
	var out trace
	for i, p := range t {
		if d := late(i); d >= 0 {
			p.at += d
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b delivery) int { return int(a.at - b.at) })
	return out
}

// toneSlope is a little steeper than the undisturbed tone of toneDecoder, 209.
const toneSlope = 230

func TestBuffer_TracesAreHeardWell(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	uniform := func(d time.Duration) func(int) time.Duration {
		return func(int) time.Duration { return time.Duration(r.Int64N(int64(d))) }
	}
	tests := []struct {
		name      string
		late      func(i int) time.Duration
		fec       bool
		concealed float64       // at most, share of all samples
		delay     time.Duration // at most, at the end
	}{
		{"even", func(int) time.Duration { return 0 }, false, 0, 35 * time.Millisecond},
		{"jitter 10 ms", uniform(10 * time.Millisecond), false, 0.005, 50 * time.Millisecond},
		{"jitter 50 ms", uniform(50 * time.Millisecond), false, 0.03, 90 * time.Millisecond},
		{"jitter 100 ms", uniform(100 * time.Millisecond), false, 0.04, 145 * time.Millisecond},
		{"loss 5 %", lossy(r, 0.05), false, 0.08, 60 * time.Millisecond},
		{"loss 5 % with FEC", lossy(r, 0.05), true, 0.02, 60 * time.Millisecond},
		{"loss 20 % with FEC", lossy(r, 0.2), true, 0.08, 60 * time.Millisecond},
		{"bursts of loss", bursts(4), true, 0.045, 60 * time.Millisecond},
		{"reordering 2 %", reordering(r, 0.02), false, 0.025, 80 * time.Millisecond},
		{"stall of 1 s", stall(400, time.Second), false, 0.06, 60 * time.Millisecond},
		{"two stalls of 200 ms", func(i int) time.Duration {
			return max(stall(300, 200*time.Millisecond)(i), stall(500, 200*time.Millisecond)(i))
		}, false, 0.04, 280 * time.Millisecond},
		{"fast clock, 1000 ppm", func(i int) time.Duration { return time.Duration(i)*-20*time.Microsecond + time.Second }, false, 0.005, 45 * time.Millisecond},
		{"slow clock, 1000 ppm", func(i int) time.Duration { return time.Duration(i) * 20 * time.Microsecond }, false, 0.01, 45 * time.Millisecond},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newLine()
			const n = 1500 // 30 s
			l.run(stream(n, 0, tt.fec).delayed(tt.late), n*frame)
			s := l.buffer.Stats()
			share := float64(s.ConcealedSamples) / float64(s.TotalSamplesReceived)
			t.Logf("concealed %.2f %%, delay %v of %v, jitter %.1f ms, lost %d, discarded %d, removed %d, inserted %d, fec %d, slope %d",
				100*share, s.Delay, s.TargetDelay, 1000*s.Jitter, s.PacketsLost, s.PacketsDiscarded,
				s.RemovedSamplesForAcceleration, s.InsertedSamplesForDeceleration, s.FECPacketsReceived, steepest(l.heard))
			if share > tt.concealed {
				t.Errorf("%.2f %% concealed, want at most %.2f %%", 100*share, 100*tt.concealed)
			}
			if s.Delay > tt.delay {
				t.Errorf("delay %v at the end, want at most %v", s.Delay, tt.delay)
			}
			if got := steepest(l.heard[media.SampleRate/10:]); got > toneSlope {
				t.Errorf("a step of %d between samples: a click", got)
			}
			if s.PacketsReceived == 0 || s.TotalSamplesReceived < (n-60)*usualFrame {
				t.Errorf("too little was played: %+v", s)
			}
		})
	}
}

func lossy(r *rand.Rand, share float64) func(int) time.Duration {
	return func(int) time.Duration {
		if r.Float64() < share {
			return -1
		}
		return 0
	}
}

// bursts loses length packets in every hundred.
func bursts(length int) func(int) time.Duration {
	return func(i int) time.Duration {
		if i%100 < length && i > 100 {
			return -1
		}
		return 0
	}
}

func reordering(r *rand.Rand, share float64) func(int) time.Duration {
	return func(int) time.Duration {
		if r.Float64() < share {
			return 50 * time.Millisecond
		}
		return 0
	}
}

// stall holds up everything sent within d from packet at on, and delivers it at once.
func stall(at int, d time.Duration) func(int) time.Duration {
	return func(i int) time.Duration {
		return max(d-time.Duration(max(i-at, 0))*frame, 0) * time.Duration(min(max(i-at+1, 0), 1))
	}
}

func TestBuffer_EvenStream_IsPlayedWithoutAFlaw(t *testing.T) {
	l := newLine()
	l.run(stream(500, 0, false), 10*time.Second)
	s := l.buffer.Stats()
	if s.ConcealedSamples != 0 || s.PacketsLost != 0 || s.PacketsDiscarded != 0 {
		t.Errorf("an even stream gave %+v", s)
	}
	if got := steepest(l.heard[media.SampleRate/10:]); got > toneSlope {
		t.Errorf("a step of %d between samples: a click; the tone has %d", got, toneSlope)
	}
	if s.AudioLevel < 0.16 || s.AudioLevel > 0.18 {
		t.Errorf("level %.3f, want that of a tone of 8000: 0.173", s.AudioLevel)
	}
	start := slices.IndexFunc(l.heard, func(v int16) bool { return v != 0 })
	if d := samples(start); d < 50*time.Millisecond || d > 75*time.Millisecond {
		t.Errorf("the first sound came after %v, want about 60 ms", d)
	}
}

func TestBuffer_ReorderedAndDuplicated_IsPlayedInOrder(t *testing.T) {
	l := newLine()
	tr := stream(200, 0, false)
	for i := 1; i+1 < len(tr); i += 4 {
		tr[i].at, tr[i+1].at = tr[i+1].at, tr[i].at
		tr[i], tr[i+1] = tr[i+1], tr[i]
	}
	var doubled trace
	for _, p := range tr {
		doubled = append(doubled, p, p)
	}
	l.run(doubled, 4*time.Second)
	s := l.buffer.Stats()
	if s.PacketsDiscarded != 0 {
		t.Errorf("%d packets discarded: W3C does not count duplicates", s.PacketsDiscarded)
	}
	if share := float64(s.ConcealedSamples) / float64(s.TotalSamplesReceived); share > 0.02 {
		t.Errorf("%.1f %% concealed", 100*share)
	}
}

func TestBuffer_LossWithFEC_IsRecovered(t *testing.T) {
	l := newLine()
	l.run(stream(500, 0, true).delayed(func(i int) time.Duration {
		if i%10 == 9 {
			return -1
		}
		return 0
	}), 10*time.Second)
	s := l.buffer.Stats()
	if s.PacketsLost != 49 {
		t.Errorf("%d packets lost, want 49", s.PacketsLost)
	}
	if s.FECPacketsReceived < 45 {
		t.Errorf("%d packets recovered, want nearly all", s.FECPacketsReceived)
	}
}

func TestBuffer_Outage_FadesToSilence(t *testing.T) {
	l := newLine()
	l.run(stream(100, 0, false), 4*time.Second)
	for i, v := range l.heard[len(l.heard)-media.SampleRate:] {
		if v != 0 {
			t.Fatalf("sample %d of the last second is %d", i, v)
		}
	}
	plc := l.decoder.plc
	l.run(nil, time.Second)
	if l.decoder.plc != plc {
		t.Error("the decoder still conceals, unheard")
	}
	if got := steepest(l.heard[media.SampleRate/10:]); got > toneSlope {
		t.Errorf("a step of %d: the fade clicks", got)
	}
	if s := l.buffer.Stats(); s.ConcealedSamples < 2*media.SampleRate-silenceAfter {
		t.Errorf("only %d samples concealed", s.ConcealedSamples)
	}
}

func TestBuffer_SilentSender_IsNotLoss(t *testing.T) {
	l := newLine()
	var tr trace
	seq := 0
	for i := range 900 {
		if i%200 >= 100 && i%20 != 0 {
			continue // silent: one packet every 400 ms, numbered without gap
		}
		ts := uint32(i * usualFrame)
		tr = append(tr, delivery{time.Duration(i) * frame, uint16(seq), ts, tonePacket(ts, false)})
		seq++
	}
	l.run(tr, 900*frame)
	s := l.buffer.Stats()
	if s.ConcealedSamples > media.SampleRate/5 || s.PacketsLost != 0 {
		t.Errorf("%d samples concealed, %d packets lost in silence", s.ConcealedSamples, s.PacketsLost)
	}
	if s.Delay > 60*time.Millisecond {
		t.Errorf("delay %v after silences", s.Delay)
	}
}

func TestBuffer_NewStream_IsPlayedAtOnce(t *testing.T) {
	jumps := map[string]func(*delivery){
		"sequence numbers": func(p *delivery) { p.seq += 20000 },
		"time ahead":       func(p *delivery) { p.ts += 1 << 30 },
		"time back":        func(p *delivery) { p.ts -= 1 << 20 },
		"both":             func(p *delivery) { p.seq -= 9000; p.ts += 1 << 31 },
	}
	for name, jump := range jumps {
		t.Run(name, func(t *testing.T) {
			l := newLine()
			tr := stream(400, 0, false)
			for i := 200; i < 400; i++ {
				jump(&tr[i])
			}
			l.run(tr, 400*frame)
			tail := l.heard[205*usualFrame:]
			if got := level(tail); got < 5000 {
				t.Errorf("level after the jump %.0f", got)
			}
			if s := l.buffer.Stats(); s.Delay > 75*time.Millisecond {
				t.Errorf("delay %v after the jump", s.Delay)
			}
		})
	}
}

func TestBuffer_MalformedPackets_AreConcealed(t *testing.T) {
	l := newLine()
	tr := stream(200, 0, false)
	for i := 0; i < len(tr); i += 5 {
		tr[i].payload = []byte{8, 1}
	}
	l.run(tr, 200*frame)
	if s := l.buffer.Stats(); s.Failures != 40 {
		t.Errorf("%d failures counted, want 40", s.Failures)
	}
}

func TestBuffer_WrappingNumbers_AreFollowed(t *testing.T) {
	l := newLine()
	tr := stream(300, 0, false)
	for i := range tr {
		tr[i].seq += 65400
		tr[i].ts += 1<<32 - 100*usualFrame
	}
	l.run(tr, 300*frame)
	if s := l.buffer.Stats(); s.PacketsLost != 0 || s.ConcealedSamples != 0 {
		t.Errorf("a wrap gave %+v", s)
	}
}

func TestBuffer_Close_IsSilentAndClosesTheDecoder(t *testing.T) {
	l := newLine()
	l.run(stream(50, 0, false), time.Second)
	for range 2 {
		if err := l.buffer.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if !l.decoder.closed {
		t.Error("the decoder is open")
	}
	l.heard = nil
	l.run(nil, 100*time.Millisecond)
	if level(l.heard) != 0 {
		t.Error("a closed buffer plays")
	}
}

func TestBuffer_Running_DoesNotAllocate(t *testing.T) {
	l := newLine()
	l.run(stream(100, 0, false), 100*frame)
	var out [media.StepSamples]int16
	payload := tonePacket(100*usualFrame, false)
	seq, ts := uint16(100), uint32(100*usualFrame)
	allocs := testing.AllocsPerRun(200, func() {
		l.buffer.Push(seq, ts, payload, l.start.Add(l.now))
		l.buffer.Play(&out)
		l.now += media.Step
		l.buffer.Play(&out)
		l.now += media.Step
		seq, ts = seq+1, ts+usualFrame
	})
	if allocs != 0 {
		t.Errorf("%v allocations per packet", allocs)
	}
}

func TestBuffer_PushAndPlay_FromTwoGoroutines(t *testing.T) {
	b := New(&toneDecoder{hertz: 200}, Options{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 2000 {
			b.Push(uint16(i), uint32(i*usualFrame), tonePacket(uint32(i*usualFrame), true), time.Now())
			if i%100 == 0 {
				b.Hold(time.Duration(i) * time.Microsecond)
			}
		}
	}()
	for range 2000 {
		var out [media.StepSamples]int16
		b.Play(&out)
		_ = b.Stats()
	}
	<-done
	if got := b.Stats().PacketsReceived; got != 2000 {
		t.Errorf("%d packets received", got)
	}
}
