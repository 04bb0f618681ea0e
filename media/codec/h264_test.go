//go:build !noh264

package codec

import (
	"image"
	"slices"
	"testing"

	"parley/media"
	"parley/media/h264"
)

// withoutUnits leaves units of some types out of a byte stream.
func withoutUnits(stream []byte, kinds ...byte) (left []byte) {
	for _, unit := range h264.AppendUnits(nil, stream) {
		if !slices.Contains(kinds, h264.Kind(unit)) {
			left = append(append(left, 0, 0, 0, 1), unit...)
		}
	}
	return left
}

// What we announce is constrained baseline, and that a key frame has all that is needed to begin.
func TestH264IsWhatWeAnnounce(t *testing.T) {
	e, c := newEncoder(t, H264, 1_000_000), newCamera(640, 360)
	for i := range 20 {
		packet := encode(t, e, c.next(), i == 10)
		var kinds []byte
		for _, unit := range h264.AppendUnits(nil, packet) {
			kinds = append(kinds, h264.Kind(unit))
			if h264.Kind(unit) == h264.SPS && (unit[1] != 66 || unit[2]&0x40 == 0) {
				t.Errorf("frame %d: profile %d, constraints %#x", i, unit[1], unit[2])
			}
		}
		want := []byte{1}
		if i%10 == 0 {
			want = []byte{h264.SPS, h264.PPS, h264.IDR}
		}
		if len(packet) > 0 && !slices.Equal(kinds, want) {
			t.Errorf("frame %d: units %v, want %v", i, kinds, want)
		}
	}
}

func TestLargestUnit(t *testing.T) {
	const most = 1100
	e, err := NewVideoEncoder(H264, media.VideoSettings{Bitrate: 2_000_000, LargestUnit: most})
	if err != nil {
		t.Fatal(err)
	}
	d, c := newDecoder(t, H264), newCamera(640, 360).grain()
	longest := 0
	for _, packet := range packets(t, e, c, 30) {
		for _, unit := range h264.AppendUnits(nil, packet) {
			longest = max(longest, len(unit))
		}
		if f, err := d.Decode(packet); err != nil || f == nil {
			t.Fatalf("%v", err)
		}
	}
	if longest > most || longest < most/2 {
		t.Errorf("the longest unit has %d bytes", longest)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}

// Some senders give their parameter sets once, and not before each key frame.
func TestParameterSetsOutliveALoss(t *testing.T) {
	e, d, c := newEncoder(t, H264, 800_000), newDecoder(t, H264), newCamera(320, 180)
	first, second := encode(t, e, c.next(), true), encode(t, e, c.next(), true)
	if _, err := d.Decode(first); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Decode(second[:len(second)/2]); err == nil {
		t.Error("half a key frame was taken")
	}
	third := withoutUnits(encode(t, e, c.next(), true), h264.SPS, h264.PPS)
	if f, err := d.Decode(third); err != nil || f == nil {
		t.Errorf("a key frame without parameter sets: %v", err)
	}
}

// The margin of a key frame ends with the next one, and takes nothing away that is
// not there.
func TestMarginEndsWithTheNextKeyFrame(t *testing.T) {
	e, d := newEncoder(t, H264, 1_000_000), newDecoder(t, H264)
	for _, size := range []image.Point{{31, 31}, {32, 32}, {31, 32}, {32, 32}} {
		g, err := d.Decode(encode(t, e, &media.Frame{Image: ramp(size)}, true))
		if err != nil || g == nil || g.Image.Rect.Size() != size {
			t.Fatalf("%v: %v, %v", size, g, err)
		}
		g.Release()
	}
}

// A margin that others tell of, larger than their picture, is not believed.
func TestMarginLargerThanThePicture(t *testing.T) {
	d := &h264Decoding{margin: h264.Margin{Right: 15, Bottom: 3}}
	for _, size := range []image.Point{{15, 16}, {16, 3}} {
		if got := d.within(size); got != size {
			t.Errorf("%v became %v", size, got)
		}
	}
	if got := d.within(image.Pt(16, 4)); got != image.Pt(1, 1) {
		t.Errorf("16x4 became %v", got)
	}
}

// A camera's picture is made with the least work, text with more until time is short.
func TestH264Complexity(t *testing.T) {
	p := paceOfH264(1280 * 720)
	for _, c := range []struct {
		detail      bool
		speed, want int
	}{{false, p.slowest, 0}, {false, p.fastest, 0}, {true, p.slowest, 1}, {true, p.fastest, 0}} {
		if got := complexity(c.detail, c.speed); got != c.want {
			t.Errorf("detail %v at speed %d: complexity %d, want %d", c.detail, c.speed, got, c.want)
		}
	}
}
