//go:build e2e

package e2e_test

import (
	"context"
	_ "embed"
	"fmt"
	"path/filepath"
	"testing"

	"parley/ui/e2e/lab"
)

//go:embed testdata/codecs.js
var codecsJS string

// TestCall_Codecs lets pages that know some video codecs only call and be called:
// each is seen both ways. AV1 is taken from whoever likes it best, and answered
// with what comes next.
func TestCall_Codecs(t *testing.T) {
	b := withClips(t)
	for _, c := range []struct {
		name, mimes                     string
		sends, receives, calledReceives string
		ours                            camera // as the page can read it
	}{
		// Live VP9 leaves a field behind now and then, so that not every code can be
		// read, and is the dearest where processors are few and busy.
		{"VP9", `"video/vp9"`, "video/VP9", "video/VP9", "video/VP9", camera{rate: 5}},
		{"H.264", `"video/h264"`, "video/H264", "video/H264", "video/H264", parleyCamera()},
		{"AV1", `"video/av1", "video/vp8"`, "video/VP8", "video/AV1", "video/VP8", parleyCamera()},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx := bounded(t)
			w := lab.Headless(t, append(senses(filepath.Join(t.TempDir(), "heard.wav")), "--hub", "127.0.0.1:0", "--name", "ann")...)
			w.Sees(ctx, "echo")
			w.Do("invite")
			p := arrive(t, ctx, b, w.Next(ctx, "invite", nil).Text("url"))
			p.do(fmt.Sprintf("%s([%s])", codecsJS, c.mimes))
			p.reads("home-name", "ann")

			p.click("Call")
			w.Phase(ctx, "ringing")
			w.Do("accept", "kind", "video")
			speaks(t, ctx, w, p, c.ours, c.sends, c.receives)

			w.Do("call", "to", nameOf(t, w.Ask(ctx, "presence"), "Kim"), "kind", "video")
			p.view("ringing")
			p.click("Answer")
			speaks(t, ctx, w, p, c.ours, c.sends, c.calledReceives)
			w.Quit(ctx)
		})
	}
}

// speaks checks a call and its codecs, and ends it.
func speaks(t *testing.T, ctx context.Context, w *lab.Parley, p *tab, ours camera, sends, receives string) {
	t.Helper()
	w.Phase(ctx, "active")
	p.phase("active")
	p.wait(`document.getElementById('remote').dataset.picture === 'true'`)
	p.watches()
	p.sees(ours)
	shows(t, ctx, w, clipCamera())
	stats := w.Ask(ctx, "stats")
	if sent, came := stats.Text("outbound.video.codec"), stats.Text("inbound.video.codec"); sent != sends || came != receives {
		t.Errorf("%s is sent and %s comes, want %s and %s", sent, came, sends, receives)
	}
	w.Do("hangup")
	w.Phase(ctx, "idle")
	p.view("home")
}
