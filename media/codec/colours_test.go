package codec

import (
	"encoding/hex"
	"image"
	"image/color"
	"os"
	"strings"
	"testing"
)

// Streams that tell how their samples were made have their colours, also where it was
// another way than ours.
func TestDecode_ToldColours(t *testing.T) {
	text, err := os.ReadFile("testdata/colours.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if words[0] == "#" {
			continue
		}
		t.Run(strings.Join(words[:3], " "), func(t *testing.T) {
			packet, err := hex.DecodeString(words[3])
			if err != nil {
				t.Fatal(err)
			}
			mime := map[string]string{"vp9": "video/VP9", "av1": "video/AV1", "h264": "video/H264"}[words[0]]
			if got, want := shownAt(t, mime, packet), (color.RGBA{0xe0, 0x80, 0x20, 0xff}); !alike(got, want, 4) {
				t.Errorf("shown as %v, not %v", got, want)
			}
		})
	}
}

// shownAt decodes a packet and returns the colour of its middle.
func shownAt(t *testing.T, mime string, packet []byte) color.RGBA {
	t.Helper()
	d, err := NewVideoDecoder(mime)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	f, err := d.Decode(packet)
	if err != nil || f == nil {
		t.Fatalf("%v, %v", f, err)
	}
	defer f.Release()
	shown := image.NewRGBA(f.Image.Rect)
	ToRGBA(shown, f.Image)
	return shown.RGBAAt(shown.Rect.Dx()/2, shown.Rect.Dy()/2)
}

func alike(a, b color.RGBA, by int) bool {
	for _, d := range []int{int(a.R) - int(b.R), int(a.G) - int(b.G), int(a.B) - int(b.B)} {
		if max(d, -d) > by {
			return false
		}
	}
	return true
}

func TestColouringOf(t *testing.T) {
	for number, want := range map[int]Matrix{0: BT601, 1: BT709, 2: BT601, 5: BT601, 6: BT601, 7: SMPTE240M, 9: BT2020, 10: BT2020, 255: BT601} {
		if got := colouringOf(number, number == 1); got != (colouring{want, Range(number == 1)}) {
			t.Errorf("%d: %+v", number, got)
		}
	}
}
