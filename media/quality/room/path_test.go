package room

import (
	"math"
	"testing"
	"time"

	"parley/media"
	"parley/media/quality"
)

func near(got, want, by float64) bool { return math.Abs(got-want) <= by }

func decibels(a, b []float64) float64 { return quality.Decibels(quality.Power(a) / quality.Power(b)) }

func TestShoebox_ComesWhenAndDiesAsItShould(t *testing.T) {
	for _, t60 := range []float64{0.15, 0.3} {
		room := Office()
		room.T60 = t60
		h := room.Impulse()
		if len(h) != int(t60*media.SampleRate) || !near(quality.Power(h)*float64(len(h)), 1, 1e-9) {
			t.Fatalf("%d samples of energy %v", len(h), quality.Power(h)*float64(len(h)))
		}
		square := 0.0
		for axis := range 3 {
			d := room.Speaker[axis] - room.Microphone[axis]
			square += d * d
		}
		direct, peak := math.Sqrt(square)/soundSpeed*media.SampleRate, 0
		for i, v := range h {
			if math.Abs(v) > math.Abs(h[peak]) {
				peak = i
			}
		}
		if !near(float64(peak), direct, 1) {
			t.Errorf("the direct sound comes at %d, want %v", peak, direct)
		}
		// Schroeder's backward integration, from -5 to -25 dB.
		left, five, twentyFive := 1.0, 0, 0
		for i, v := range h {
			left -= v * v
			if left > math.Pow(10, -0.5) {
				five = i
			}
			if left > math.Pow(10, -2.5) {
				twentyFive = i
			}
		}
		if got := 3 * float64(twentyFive-five) / media.SampleRate; got < t60/2 || got > 1.5*t60 {
			t.Errorf("T60 is %v, want about %v", got, t60)
		}
	}
}

func TestPath_OfNothingIsAWire(t *testing.T) {
	far := Take(NewTalker(1, 0), 1)
	got := NewPath(Way{}).Through(far)
	for i := range far {
		if got[i] != far[i] {
			t.Fatalf("sample %d is %v, not %v", i, got[i], far[i])
		}
	}
}

func TestPath_DelaysAndJumps(t *testing.T) {
	far := Take(NewTalker(1, 0), 6)
	mic := NewPath(Way{Delay: 250 * time.Millisecond, Gain: -10, Jump: 40 * time.Millisecond, JumpAt: 3 * time.Second}).Through(far)
	for _, half := range []struct{ from, to, want int }{{0, 100000, 12000}, {160000, 240000, 13920}} {
		late, alike, err := quality.Delay(far[half.from:half.to], mic[half.from:], 0, 20000)
		if err != nil || late != half.want || alike < 0.999 {
			t.Errorf("%d samples late, likeness %v, %v; want %d", late, alike, err, half.want)
		}
	}
	if gain := decibels(mic[24000:], far[:len(far)-12000]); !near(gain, -10, 0.5) {
		t.Errorf("%v dB, want -10", gain)
	}
}

func TestPath_DriftGrowsTheDelayWithoutNoise(t *testing.T) {
	far := make([]float64, 30*media.SampleRate)
	for i := range far {
		far[i] = 0.5 * math.Sin(2*math.Pi*1000*float64(i)/media.SampleRate)
	}
	for _, ppm := range []float64{100, -100} {
		mic := NewPath(Way{Delay: 100 * time.Millisecond, Drift: ppm}).Through(far)
		tone := quality.NewTone(1000, media.SampleRate)
		tone.Watch(quality.Samples(mic[media.SampleRate:]))
		if got := tone.Report(); got.Glitches != 0 || got.Level > 0.01 || !near(got.Frequency, 1000*(1-ppm*1e-6), 0.002) {
			t.Errorf("%v ppm: %+v", ppm, got)
		}
	}
	talk := Take(NewTalker(1, 0), 20)
	mic := NewPath(Way{Delay: 100 * time.Millisecond, Drift: 50}).Through(talk)
	late, _, err := quality.Delay(talk[18*48000:19*48000], mic[18*48000:], 0, 9600)
	if err != nil || !near(float64(late), 4800+18.5*48000*50e-6, 2) {
		t.Errorf("after 18.5 s %d samples late, %v", late, err)
	}
}

func TestPath_RoomIsAConvolution(t *testing.T) {
	h := Office().Impulse()[:1300]
	far := Take(NewWhite(1), 0.1)
	got := NewPath(Way{Impulse: h}).Through(far)
	for _, n := range []int{0, 1, 479, 480, 1299, 1300, 3000, len(far) - 1} {
		want := 0.0
		for i := 0; i <= n && i < len(h); i++ {
			want += h[i] * far[n-i]
		}
		if !near(got[n], want, 1e-9) {
			t.Errorf("sample %d is %v, want %v", n, got[n], want)
		}
	}
}

func TestPath_LoudspeakerSaturates(t *testing.T) {
	far := make([]float64, 4800)
	for i := range far {
		far[i] = math.Sin(float64(i) / 10)
	}
	for name, way := range map[string]Way{"softly": {Saturate: 0.5}, "hard": {Clip: 0.5}} {
		most := 0.0
		for _, v := range NewPath(way).Through(far) {
			most = max(most, v)
		}
		if most > 0.5 || most < 0.45 {
			t.Errorf("%s: a peak of %v", name, most)
		}
	}
}

func TestPath_HasAFloor(t *testing.T) {
	mic := NewPath(Way{Floor: -70}).Through(make([]float64, 48000))
	if got := quality.Decibels(quality.Power(mic)); !near(got, -70, 0.2) {
		t.Errorf("%v dB, want -70", got)
	}
}

func TestPath_StepsAreTheWhole(t *testing.T) {
	way := Way{Delay: 20 * time.Millisecond, Impulse: Office().Impulse(), Drift: 30, Saturate: 0.3}
	talker := NewTalker(5, 0)
	stepped := NewPath(way)
	var all []float64
	var far, mic [media.StepSamples]int16
	var got []int16
	for range 50 {
		Step(talker, &far)
		all = append(all, quality.Floats(far[:])...)
		stepped.Step(&far, &mic)
		got = append(got, mic[:]...)
	}
	for i, want := range quality.Samples(NewPath(way).Through(all)) {
		if got[i] != want {
			t.Fatalf("sample %d is %d, want %d", i, got[i], want)
		}
	}
	if n := testing.AllocsPerRun(10, func() { stepped.Step(&far, &mic) }); n != 0 {
		t.Errorf("%v allocations a step", n)
	}
}

func FuzzPath(f *testing.F) {
	f.Add(int64(250), int64(40), int64(1), 50.0, -10.0, 0.3, uint16(100))
	f.Add(int64(-1), int64(9e9), int64(-5), 1e6, 0.0, -1.0, uint16(0))
	f.Fuzz(func(t *testing.T, delay, jump, at int64, drift, gain, most float64, taps uint16) {
		for _, v := range []float64{drift, gain, most} {
			if math.IsNaN(v) || math.Abs(v) > 1e6 {
				return // nobody measures that
			}
		}
		p := NewPath(Way{
			Delay: time.Duration(delay) * time.Millisecond, Jump: time.Duration(jump) * time.Millisecond, JumpAt: time.Duration(at),
			Drift: drift, Gain: min(gain, 60), Saturate: most, Clip: most, Impulse: Take(NewWhite(1), float64(taps%5000)/media.SampleRate),
		})
		for i, v := range p.Through(Take(NewWhite(2), 0.1)) {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("sample %d is %v", i, v)
			}
		}
	})
}

func BenchmarkPath(b *testing.B) {
	p := NewPath(Way{Delay: 20 * time.Millisecond, Impulse: Office().Impulse(), Drift: 30, Saturate: 0.3})
	var far, mic [media.StepSamples]int16
	for b.Loop() {
		p.Step(&far, &mic)
	}
}
