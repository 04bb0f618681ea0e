//go:build !noh264

package codec

import (
	"bytes"
	"slices"
	"testing"

	"parley/media"
)

// unitsOf cuts a byte stream into its NAL units.
func unitsOf(stream []byte) (all [][]byte) {
	for _, unit := range bytes.Split(stream, []byte{0, 0, 1})[1:] {
		all = append(all, bytes.TrimRight(unit, "\x00"))
	}
	return all
}

// withoutUnits leaves units of some types out of a byte stream.
func withoutUnits(stream []byte, kinds ...byte) (left []byte) {
	for _, unit := range unitsOf(stream) {
		if !slices.Contains(kinds, unit[0]&0x1f) {
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
		for _, unit := range unitsOf(packet) {
			kinds = append(kinds, unit[0]&0x1f)
			if unit[0]&0x1f == unitSPS && (unit[1] != 66 || unit[2]&0x40 == 0) {
				t.Errorf("frame %d: profile %d, constraints %#x", i, unit[1], unit[2])
			}
		}
		want := []byte{1}
		if i%10 == 0 {
			want = []byte{unitSPS, 8, unitIDR}
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
		for _, unit := range unitsOf(packet) {
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
	third := withoutUnits(encode(t, e, c.next(), true), unitSPS, 8)
	if f, err := d.Decode(third); err != nil || f == nil {
		t.Errorf("a key frame without parameter sets: %v", err)
	}
}
