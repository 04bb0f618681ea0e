package quality

import (
	"errors"
	"math"
	"testing"
)

const (
	testRate  = 48000
	alignTest = 16000
)

func seconds(s float64) int { return int(math.Round(s * alignTest)) }

func joined(parts ...[]float64) []float64 {
	var out []float64
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

func TestDelay_IsFoundToTheSampleAtAnyLevel(t *testing.T) {
	x := speechlike(1, 3, testRate)
	for _, late := range []int{-2000, 0, 1, 12345} {
		y := mixed(scaled(cut(x, -late, len(x)+5000), 0.01), noise(2, len(x)+5000+late), 10)
		got, likeness, err := Delay(x, y, -4000, 20000)
		if err != nil || got != late || likeness < 0.9 || likeness > 1 {
			t.Errorf("a delay of %d was found as %d, likeness %v, %v", late, got, likeness, err)
		}
	}
	if _, _, err := Delay(nil, x, 0, 100); !errors.Is(err, ErrShort) {
		t.Errorf("the delay of nothing: %v", err)
	}
	if _, likeness, err := Delay(x, nil, 0, 100); err != nil || likeness != 0 {
		t.Errorf("the delay of silence: likeness %v, %v", likeness, err)
	}
}

func TestAlign_UndoesWhatReceiversDo(t *testing.T) {
	x := speechlike(11, 9, alignTest)
	stretched := func(from, to float64, every, by int) []float64 { // inserts so many samples again and again
		var out []float64
		for at := seconds(from); at < seconds(to); at += every {
			end := min(at+every, seconds(to))
			out = append(out, x[at:end]...)
			out = append(out, x[end-by:end]...)
		}
		return out
	}
	tests := map[string]struct {
		y     []float64
		least float64 // STOI after alignment
	}{
		"as it is":        {x, 1},
		"late":            {joined(make([]float64, seconds(1.7)), x), 0.9999},
		"early":           {x[seconds(0.3):], 0.96},
		"cut by 60 ms":    {joined(x[:seconds(4)], x[seconds(4.06):]), 0.985},
		"grown by 300 ms": {joined(make([]float64, 777), x[:seconds(5.1)], make([]float64, seconds(0.3)), x[seconds(5.1):]), 0.999},
		"stalled for 1 s": {joined(x[:seconds(6)], make([]float64, seconds(1)), x[seconds(6):]), 0.999},
		"stretched":       {joined(x[:seconds(3)], stretched(3, 5, 800, 120), x[seconds(5):]), 0.93},
		"cut and grown": {joined(make([]float64, 5000), x[:seconds(2)], make([]float64, seconds(0.12)), x[seconds(2):seconds(7)],
			x[seconds(7.08):]), 0.98},
	}
	for name, test := range tests {
		y := mixed(test.y, noise(12, len(test.y)), 40)
		aligned, err := Aligned(x, scaled(y, 0.3), alignTest)
		if err != nil || len(aligned) != len(x) {
			t.Fatalf("%s: %d samples, %v", name, len(aligned), err)
		}
		got, err := STOI(x, aligned, alignTest)
		if err != nil || got < test.least-0.002 {
			t.Errorf("%s: STOI %.4f, %v; want %v", name, got, err, test.least)
		}
	}
}

func TestAlign_FindsEachDelay(t *testing.T) {
	x := speechlike(11, 8, alignTest)
	y := joined(make([]float64, 1000), x[:seconds(4.1)], noise(1, 4800)[:2400], x[seconds(4.1):])
	pieces, err := Align(x, y, alignTest)
	if err != nil || len(pieces) != 2 {
		t.Fatalf("%d pieces, %v: %v", len(pieces), err, pieces)
	}
	if pieces[0].Delay != 1000 || pieces[1].Delay != 3400 || math.Abs(float64(pieces[1].From-seconds(4.1))) > 480 {
		t.Errorf("pieces %v", pieces)
	}
}

func TestAlign_FollowsDrift(t *testing.T) {
	x := speechlike(11, 20, alignTest)
	y := Resample(x, 10000, 10005) // 500 ppm, 10 ms at the end
	aligned, err := Aligned(x, y, alignTest)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := STOI(x, aligned, alignTest); err != nil || got < 0.998 {
		t.Errorf("STOI %v, %v", got, err)
	}
}

// A wrong path would score well what is not there.
func TestAlign_DoesNotMakeSpeechOfNoise(t *testing.T) {
	x := speechlike(11, 10, alignTest)
	aligned, err := Aligned(x, noise(13, len(x)), alignTest)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ESTOI(x, aligned, alignTest); err != nil || got > 0.2 {
		t.Errorf("ESTOI of noise after alignment = %v, %v", got, err)
	}
}

func TestAlign_BadInput(t *testing.T) {
	x := speechlike(11, 3, alignTest)
	tests := map[string]struct {
		x, y []float64
		rate int
		want error
	}{
		"rate":         {x, x, 1, ErrRate},
		"nothing":      {nil, x, alignTest, ErrShort},
		"silence":      {make([]float64, alignTest), x, alignTest, ErrShort},
		"not a number": {x, []float64{math.Inf(1)}, alignTest, ErrNumber},
		"no answer":    {x, nil, alignTest, nil},
		"one sample":   {x, x[:1], alignTest, nil},
	}
	for name, test := range tests {
		if y, err := Aligned(test.x, test.y, test.rate); !errors.Is(err, test.want) || err == nil && len(y) != len(test.x) {
			t.Errorf("%s: %d samples, %v; want %v", name, len(y), err, test.want)
		}
	}
}

func FuzzAlign(f *testing.F) {
	x := speechlike(1, 1, 8000)
	f.Add(uint16(100), uint16(3000), uint16(500), int16(3))
	f.Fuzz(func(t *testing.T, late, at, gone uint16, amplitude int16) {
		from := min(int(at), len(x))
		y := joined(make([]float64, late%8000), x[:from], x[min(len(x), from+int(gone)):])
		aligned, err := Aligned(x, scaled(y, float64(amplitude)/100), 8000)
		if err != nil || len(aligned) != len(x) {
			t.Fatalf("%d samples, %v", len(aligned), err)
		}
		if got, err := STOI(x, aligned, 8000); err != nil && !errors.Is(err, ErrShort) || got > 1+1e-9 || got < -1 {
			t.Fatalf("STOI %v, %v", got, err)
		}
	})
}

func BenchmarkAlign(b *testing.B) {
	x := speechlike(1, 60, testRate)
	y := joined(x[:len(x)/2], make([]float64, testRate/2), x[len(x)/2:])
	for b.Loop() {
		if _, err := Aligned(x, y, testRate); err != nil {
			b.Fatal(err)
		}
	}
}
