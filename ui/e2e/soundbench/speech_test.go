//go:build e2e

package soundbench

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"parley/media"
	"parley/media/clip"
)

// Two people, as espeak-ng calls its voices.
const (
	woman = "en-us+f3"
	man   = "en-gb+m3"
)

// text has every sound of English in it (the beginnings of the Harvard sentences,
// IEEE 1969), and is long enough for half a minute.
const text = `The birch canoe slid on the smooth planks. Glue the sheet to the dark blue background.
It's easy to tell the depth of a well. These days a chicken leg is a rare dish. Rice is often served in round bowls.
The juice of lemons makes fine punch. The box was thrown beside the parked truck. The hogs were fed chopped corn and garbage.
Four hours of steady work faced us. A large size in stockings is hard to sell.`

// speech is this long a part of the text, spoken again and again by a voice.
func speech(b *testing.B, voice string, length time.Duration) []int16 {
	b.Helper()
	path := filepath.Join(b.TempDir(), "speech.wav")
	if out, err := exec.Command("espeak-ng", "-v", voice, "-s", "150", "-a", "90", "-w", path, text).CombinedOutput(); err != nil {
		b.Fatalf("espeak-ng: %v: %s", err, out)
	}
	file, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	reader, err := clip.NewWAVReader(file)
	if err != nil {
		b.Fatal(err)
	}
	out := make([]int16, int(length*media.SampleRate/time.Second))
	for filled := 0; filled < len(out); {
		n, err := reader.Read(out[filled:])
		if filled += n; err == nil {
			continue
		}
		if err := reader.Rewind(); err != nil {
			b.Fatal(err)
		}
	}
	return out
}
