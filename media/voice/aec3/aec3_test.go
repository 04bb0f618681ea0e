package aec3

import (
	"math"
	"math/rand/v2"
	"testing"

	"parley/assets/dsp"
	"parley/media/voice"
)

func loader(t testing.TB) *Loader {
	t.Helper()
	module, ok := dsp.AEC3()
	if !ok {
		t.Fatal("the program was built without AEC3: run packaging/setup.sh, which fetches it")
	}
	l, err := Load(t.Context(), module)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func canceller(t testing.TB, l *Loader) *Canceller {
	t.Helper()
	c, err := l.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestCancel_TakesOutTheEcho(t *testing.T) {
	c := canceller(t, loader(t))
	const delay = 5760 // 120 ms
	random := rand.New(rand.NewPCG(1, 2))
	far := make([]float32, 48000*8)
	for i := range far {
		loud := 0.1 * (1 + math.Sin(float64(i)/9000))
		far[i] = float32(loud * random.NormFloat64())
	}
	var before, after float64
	for at := 0; at+480 <= len(far); at += 480 {
		var near, step voice.Step
		copy(step[:], far[at:])
		for i := range near {
			if at+i >= delay {
				near[i] = far[at+i-delay] / 3
			}
			if at > 5*48000 {
				before += float64(near[i] * near[i])
			}
		}
		if err := c.Cancel(&near, &step); err != nil {
			t.Fatal(err)
		}
		for i := range near {
			if at > 5*48000 {
				after += float64(near[i] * near[i])
			}
		}
	}
	if gain := 10 * math.Log10(before/after); gain < 30 {
		t.Errorf("the echo is %.1f dB weaker, want at least 30", gain)
	} else {
		t.Logf("the echo is %.1f dB weaker", gain)
	}
}
