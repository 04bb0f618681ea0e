//go:build e2e

package e2e_test

import (
	"path/filepath"
	"testing"

	"parley/ui/e2e/lab"
)

// TestCall_SoundDevices speaks and listens through a sound server, as on a desk.
func TestCall_SoundDevices(t *testing.T) {
	t.Parallel()
	ctx := bounded(t)
	server := lab.NewSoundServer(t)
	hub := lab.NewHub(t, "127.0.0.1:0")
	heard, played := filepath.Join(t.TempDir(), "heard.wav"), filepath.Join(t.TempDir(), "played.wav")
	ann := server.Headless(t, "--camera", "off", "--microphone", "Microphone", "--speaker", "Speaker", "--name", "ann", "--server", hub.URL)
	bob := lab.Headless(t, append([]string{"--name", "bob", "--server", hub.URL, "--auto-answer"}, senses(heard)...)...)
	ann.Sees(ctx, "bob")
	lab.Start(t, server.Command("paplay", "--device=voice", lab.ToneClip(t)))
	recorder := lab.Start(t, server.Command("parec", "--device=speaker.monitor", "--file-format=wav", "--channels=1", "--rate=48000", played))

	ann.Do("call", "to", "bob", "kind", "audio")
	for _, p := range []*lab.Parley{ann, bob} {
		p.Phase(ctx, "active")
		p.Until(ctx, "stats", func(e lab.Event) bool {
			return e.Number("inbound.audio.audioLevel") > 0.01 && e.Number("inbound.audio.packets") > 200
		})
	}
	ann.Do("hangup")
	ann.Phase(ctx, "idle")
	bob.Quit(ctx)
	recorder.Stop()
	listened(t, heard, lab.ToneHertz)
	listened(t, played, parleyHertz)
	ann.Quit(ctx)
}
