//go:build e2e

package e2e_test

import (
	"encoding/binary"
	"io"
	"path/filepath"
	"testing"

	"parley/ui/e2e/lab"
)

// TestCall_SoundDevices speaks and listens through a sound server, as on a desk. The
// voice is a tone, which would be taken for noise; it comes and goes, as a steady one is
// soon not sent any more.
func TestCall_SoundDevices(t *testing.T) {
	t.Parallel()
	ctx := bounded(t)
	server := lab.NewSoundServer(t)
	hub := lab.NewHub(t, "127.0.0.1:0")
	heard, played := filepath.Join(t.TempDir(), "heard.wav"), filepath.Join(t.TempDir(), "played.wav")
	ann := server.Headless(t, "--camera", "off", "--microphone", "Microphone", "--speaker", "Speaker", "--process", "none", "--name", "ann", "--server", hub.URL)
	clip := lab.ToneClip(t)
	bob := lab.Headless(t, "--camera", "off", "--microphone", "file:"+clip, "--speaker", "file:"+heard, "--name", "bob", "--server", hub.URL, "--auto-answer")
	ann.Sees(ctx, "bob")
	lab.Start(t, server.Command("paplay", "--device=voice", clip))
	recorder := lab.Start(t, server.Command("parec", "--device=speaker.monitor", "--file-format=wav", "--channels=1", "--rate=48000", played))

	ann.Do("call", "to", "bob", "kind", "audio")
	for _, p := range []*lab.Parley{ann, bob} {
		p.Phase(ctx, "active")
		p.Until(ctx, "stats", func(e lab.Event) bool {
			return e.Number("inbound.audio.audioLevel") > 0.01 && e.Number("inbound.audio.packets") > 100
		})
	}
	ann.Do("hangup")
	ann.Phase(ctx, "idle")
	bob.Quit(ctx)
	recorder.Stop()
	listened(t, heard, lab.ToneHertz)
	listened(t, played, lab.ToneHertz)
	ann.Quit(ctx)
}

// TestRing_OwnDevice rings on a second speaker, and on no other.
func TestRing_OwnDevice(t *testing.T) {
	t.Parallel()
	ctx := bounded(t)
	server := lab.NewSoundServer(t)
	hub := lab.NewHub(t, "127.0.0.1:0")
	if out, err := server.Command("pactl", "load-module", "module-null-sink", "sink_name=bell", "rate=48000",
		"sink_properties=device.description=Bell").CombinedOutput(); err != nil {
		t.Fatalf("a second speaker: %v: %s", err, out)
	}
	ann := server.Headless(t, "--camera", "off", "--ringer", "Bell", "--speaker", "Speaker", "--name", "ann", "--server", hub.URL)
	bob := lab.Headless(t, append(quiet("bob", hub.URL), "--auto-answer")...)
	bob.Sees(ctx, "ann")
	bell, speaker := monitor(t, server, "bell"), monitor(t, server, "speaker")
	bob.Do("call", "to", "ann", "kind", "audio")
	ann.Phase(ctx, "ringing")
	ann.Until(ctx, "devices", func(e lab.Event) bool {
		using, _ := e["using"].(map[string]any)
		return using["ringer"] == "Bell"
	})
	for rung := 0; rung < 1000; rung = loudest(t, bell) {
		if peak := loudest(t, speaker); peak > 0 {
			t.Fatalf("the speaker rings too, with a peak of %d", peak)
		}
	}
	bob.Do("hangup")
	ann.Phase(ctx, "idle")
	ann.Quit(ctx)
	bob.Quit(ctx)
}

// monitor records what a speaker plays, until the test ends.
func monitor(t *testing.T, server *lab.SoundServer, sink string) io.Reader {
	t.Helper()
	cmd := server.Command("parec", "--device="+sink+".monitor", "--raw", "--format=s16le", "--channels=1", "--rate=48000", "--latency-msec=20")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	lab.Start(t, cmd)
	return out
}

// loudest returns the peak of the next tenth of a second.
func loudest(t *testing.T, sound io.Reader) (peak int) {
	t.Helper()
	var samples [4800]int16
	if err := binary.Read(sound, binary.LittleEndian, &samples); err != nil {
		t.Fatal(err)
	}
	for _, v := range samples {
		peak = max(peak, int(v), -int(v))
	}
	return peak
}
