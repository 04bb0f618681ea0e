//go:build e2e

package e2e_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"parley/ui/e2e/lab"
)

// TestRecording_Cut cuts a recording in many places: all pictures and sound that are
// whole until there are decoded.
func TestRecording_Cut(t *testing.T) {
	ctx := bounded(t)
	shelves(t)
	w := lab.Headless(t, alone(t)...)
	echoed(t, ctx, w)
	path := records(t, ctx, w, 150)
	w.Quit(ctx)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	packets := packetsOf(t, path)
	if len(packets) < 600 {
		t.Fatalf("%d packets in the file", len(packets))
	}
	const cuts = 12
	for i := 1; i <= cuts; i++ {
		at := len(whole) * i / (cuts + 1)
		part := filepath.Join(t.TempDir(), filepath.Base(path))
		if err := os.WriteFile(part, whole[:at], 0o600); err != nil {
			t.Fatal(err)
		}
		decoded := framesOf(t, part)
		least, most := framesBefore(packets, at-mostHead), framesBefore(packets, at-leastHead)
		for stream, n := range decoded {
			if n < least[stream]-1 || n > most[stream] { // the last one may need what follows it
				t.Errorf("cut at %d of %d: of stream %d %d frames are decoded, want %d to %d", at, len(whole), stream, n, least[stream]-1, most[stream])
			}
		}
	}
}

// framesBefore returns how many frames of each stream end by a place, but for their heads.
func framesBefore(packets []packet, place int) [4]int {
	var n [4]int
	for _, p := range packets {
		if p.end <= place {
			n[p.stream]++
		}
	}
	return n
}

// packet is where a frame of a stream ends in a file, but for its head.
type packet struct{ stream, end int }

func packetsOf(t *testing.T, path string) []packet {
	t.Helper()
	var told struct {
		Packets []struct {
			Stream int `json:"stream_index"`
			Size   int `json:"size,string"`
			Pos    int `json:"pos,string"`
		} `json:"packets"`
	}
	text := ffmpeg(t, "ffprobe", "-show_packets", "-of", "json", path)
	if err := json.Unmarshal(text, &told); err != nil {
		t.Fatal(err)
	}
	var out []packet
	for _, p := range told.Packets {
		out = append(out, packet{p.Stream, p.Pos + p.Size})
	}
	return out
}

// So many bytes stand between where FFmpeg takes a packet to be and the frame: a
// block's id, length (one to eight), track, time and flags.
const leastHead, mostHead = 6, 13

// framesOf decodes what is left of a file and returns how many frames each stream has.
// That the file ends early is a fault of which FFmpeg may tell.
func framesOf(t *testing.T, path string) []int {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "ffprobe", "-v", "quiet", "-count_frames", "-show_entries", "stream=nb_read_frames", "-of", "json", path)
	text, err := cmd.Output()
	if err != nil {
		t.Fatalf("decode what is left: %v", err)
	}
	var told struct {
		Streams []struct {
			Frames int `json:"nb_read_frames,string"`
		} `json:"streams"`
	}
	if err := json.Unmarshal(text, &told); err != nil || len(told.Streams) != 4 {
		t.Fatalf("%d streams, %v", len(told.Streams), err)
	}
	out := make([]int, 0, 4)
	for _, s := range told.Streams {
		out = append(out, s.Frames)
	}
	return out
}
