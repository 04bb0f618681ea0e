package voice

import (
	"math"
	"sync"
	"testing"
	"testing/synctest"
)

func TestChain_SwitchesWithoutClicks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turn := func(s *Step) {
			for i := range s {
				s[i] *= -0.7
			}
		}
		var made []*stage
		r := newRig(t, Options{
			Cancellers: []func() (Canceller, error){func() (Canceller, error) {
				made = append(made, &stage{change: turn})
				return made[len(made)-1], nil
			}},
			Suppressors: suppressors(&stage{change: turn}),
		})
		s := &tone{frequency: 440, amplitude: 0.9}
		for i := range 64 {
			r.Set(Settings{HighPass: i&1 != 0, Echo: i&2 != 0, Noise: i&4 != 0, Gain: i&8 != 0})
			r.run(float64(i%9)*0.02, s)
			synctest.Wait()
		}
		if r.biggest > 0.065 { // the sine itself goes by 0.052
			t.Errorf("a step of %v from sample to sample", r.biggest)
		}
		r.Set(Settings{})
		r.run(0.1, s)
		synctest.Wait()
		r.run(0.1, s)
		synctest.Wait()
		for i, m := range made {
			if m.closed != 1 {
				t.Errorf("canceller %d was closed %d times", i, m.closed)
			}
		}
		if len(made) < 10 {
			t.Errorf("made %d", len(made))
		}
	})
}

func TestChain_SwitchedFromManySides(t *testing.T) {
	r := newRig(t, Options{
		Settings:   Everything,
		Cancellers: cancellers(&stage{}), Suppressors: suppressors(&stage{}),
	})
	var all sync.WaitGroup
	done := make(chan struct{})
	for n := range 2 {
		all.Go(func() {
			for i := n; ; i++ {
				select {
				case <-done:
					return
				default:
				}
				r.Set(Settings{i&1 != 0, i&2 != 0, i&4 != 0, i&8 != 0})
				r.Muted(i&16 != 0)
				if got := r.Read(); got.After.Peak > 1 {
					t.Errorf("read %+v", got)
				}
			}
		})
	}
	r.run(1, newTalker(120, -20))
	close(done)
	all.Wait()
}

// FuzzChain sends anything through, switched in any way.
func FuzzChain(f *testing.F) {
	f.Add([]byte{0xff, 0, 1, 2, 3, 0x80, 0x7f})
	f.Add([]byte{0x1f, 0xff, 0x7f, 0, 0x80, 0xff, 0x7f, 0, 0x80, 4, 5, 6, 7})
	f.Fuzz(func(t *testing.T, data []byte) {
		r := newRig(t, Options{
			Settings: Everything,
			Cancellers: cancellers(&stage{cancel: func(near, far *Step) {
				for i := range near {
					near[i] -= far[i]
				}
			}}, &stage{}),
			Suppressors: suppressors(&stage{speech: func(s *Step) float32 { return s[0] * 3 }}),
		})
		for n := 0; n+3 < len(data) && n < 4000; n += 4 {
			b := data[n]
			r.Set(Settings{b&1 != 0, b&2 != 0, b&4 != 0, b&8 != 0})
			r.Muted(b&16 != 0)
			for i := range r.near {
				v := int16(data[n+1+(i>>(b>>6))%2]) << 8
				r.near[i], r.far[i] = v, -v+int16(data[n+3])
			}
			for range 1 << (b >> 5 & 3) {
				r.Process(&r.near, &r.far)
			}
			got := r.Read()
			for _, v := range []float32{got.After.RMS, got.Gain, got.Limiting, got.Speech, got.EchoReduction, got.Noise} {
				if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
					t.Fatalf("read %+v", got)
				}
			}
			if got.Gain < gainLeast || got.Gain > gainMost || got.Speech < 0 || got.Speech > 1 || got.Limiting < 0 {
				t.Fatalf("read %+v", got)
			}
			if got.Canceller.Failures+got.Suppressor.Failures > 0 {
				t.Fatalf("read %+v", got)
			}
		}
	})
}

func BenchmarkChain(b *testing.B) {
	for name, s := range map[string]Settings{"own stages": {HighPass: true, Gain: true}, "high-pass": {HighPass: true}, "nothing": {}} {
		b.Run(name, func(b *testing.B) {
			c := New(Options{Settings: s})
			defer func() { _ = c.Close() }()
			talk := newTalker(120, -25)
			steps := make([]sound, 300)
			var f Step
			for i := range steps {
				talk.next(&f)
				toInt(&f, &steps[i])
			}
			var near, far sound
			i := 0
			for b.Loop() {
				near = steps[i%len(steps)]
				c.Process(&near, &far)
				i++
			}
		})
	}
}
