//go:build e2e

package e2e_test

import (
	"context"
	"io"
	"testing"

	"parley/ui/e2e/lab"
)

// TestWindow_SoundTest tries microphone and speaker in the settings: records what
// the microphone hears, plays it back, and lets the speaker chime. The voice is a
// tone, which would be taken for noise.
func TestWindow_SoundTest(t *testing.T) {
	t.Parallel()
	ctx := bounded(t)
	server := lab.NewSoundServer(t)
	w := server.Window(t, lab.NewDisplay(t, 1280, 2400), "--camera", "off", "--process", "none", "--hub", "127.0.0.1:0", "--name", "ann")
	lab.Start(t, server.Command("paplay", "--device=voice", lab.ToneClip(t)))
	speaker := monitor(t, server, "speaker")
	w.Press(ctx, "settings")
	w.Resize(1200, 2300)
	w.Press(ctx, "settings.soundTest")
	w.Press(ctx, "soundTest.record")
	w.Until(ctx, "sound", func(e lab.Event) bool { return e.Text("doing") == "" && e.Text("verdict") == "good" })
	w.Press(ctx, "soundTest.play")
	sounds(t, ctx, speaker)
	w.Press(ctx, "soundTest.play") // stops
	w.Until(ctx, "sound", func(e lab.Event) bool { return e.Text("doing") == "" })
	w.Press(ctx, "soundTest.chime")
	sounds(t, ctx, speaker)
	w.Press(ctx, "settings.soundTest")
	w.Until(ctx, "sound", func(e lab.Event) bool { on, _ := e["testing"].(bool); return !on })
	w.Quit(ctx)
}

// sounds waits until something is heard.
func sounds(t *testing.T, ctx context.Context, speaker io.Reader) {
	t.Helper()
	for loudest(t, speaker) < 1000 {
		if ctx.Err() != nil {
			t.Fatal("nothing is heard")
		}
	}
}
