package audio

import (
	"log/slog"
	"testing"
	"time"

	"parley/media"
)

// openEngine opens an engine whose reports can be awaited.
func openEngine(t *testing.T, o Options) (*Engine, <-chan Report) {
	t.Helper()
	reports := make(chan Report, 100)
	o.Report = func(r Report) { reports <- r }
	o.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	e := Open(o)
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e, reports
}

func open(mic, speaker string) func(Report) bool {
	return func(r Report) bool { return r.Microphone == mic && r.Speaker == speaker }
}

func TestEngine_Pulse_ToneIsHeard(t *testing.T) {
	newPulse(t)
	e, reports := openEngine(t, Options{})
	defer e.Add(&tonePlayer{hertz: 1000, level: 0.3})()
	e.Use(true, true)
	r := awaitReport(t, e, reports, open("Ear", "Room"))
	t.Logf("%+v", r)
	listen(t, e, 2*time.Second) // warm up
	pcm := listen(t, e, 2*time.Second)
	amplitude, share := purity(pcm, 1000)
	t.Logf("amplitude %.3f share %.4f starved %d lost %d cushion %d", amplitude, share, e.route.Load().device.starved.Load(), e.route.Load().device.lost.Load(), e.worker.cushion.target)
	if share < 0.99 || amplitude < 0.25 {
		t.Errorf("amplitude %.3f, share %.4f", amplitude, share)
	}
	_ = media.Step
}
