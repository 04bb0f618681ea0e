package codec

import (
	"slices"
	"testing"
)

func FuzzDecode(f *testing.F) {
	decoders := VideoDecoders()
	good := map[string][]byte{}
	for i, mime := range decoders {
		for n, packet := range stream(f, mime, 4) {
			f.Add(uint8(i), packet)
			if n == 0 {
				good[mime] = packet
			}
		}
	}
	vp9 := uint8(slices.Index(decoders, VP9))
	for _, hide := range hidings {
		f.Add(vp9, hide(640, 384))
		f.Add(vp9, hide(5120, 3072))
	}
	f.Fuzz(func(t *testing.T, which uint8, packet []byte) {
		mime := decoders[int(which)%len(decoders)]
		d := newDecoder(t, mime)
		for _, p := range [][]byte{packet, good[mime], packet} {
			if shown, err := d.Decode(p); err == nil && shown != nil {
				shown.Release()
			}
		}
		// The first of two may end what the damage began.
		_, first := d.Decode(good[mime])
		if _, err := d.Decode(good[mime]); first != nil && err != nil {
			t.Fatalf("a good key frame after damage: %v", err)
		}
	})
}
