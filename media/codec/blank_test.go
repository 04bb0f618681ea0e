package codec_test

import (
	"testing"

	"parley/media"
	"parley/media/codec"
)

// What says that nothing is shown comes between pictures of a screen, in the same
// stream.
func TestVideo_BlankPicturesBetweenOthers(t *testing.T) {
	for _, mime := range codec.VideoEncoders() {
		t.Run(mime, func(t *testing.T) {
			e, err := codec.NewVideoEncoder(mime, media.VideoSettings{Bitrate: 300_000, FramesPerSecond: 30, Detail: true})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = e.Close() }()
			d, err := codec.NewVideoDecoder(mime)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = d.Close() }()
			var pool media.Pool
			for i, size := range []int{320, 16, 16, 16, 320, 16, 64} {
				f := pool.Get(size, size)
				f.Number = uint64(i)
				for p, plane := range [][]byte{f.Image.Y, f.Image.Cb, f.Image.Cr} {
					for j := range plane {
						plane[j] = byte(p*16 + j/7)
					}
				}
				packet, err := e.Encode(f, false)
				f.Release()
				if err != nil || len(packet) == 0 {
					t.Fatalf("picture %d of %d pixels: %d bytes, %v", i, size, len(packet), err)
				}
				shown, err := d.Decode(packet)
				if err != nil || shown == nil || shown.Width() != size || shown.Blank() != (size == media.BlankSide) {
					t.Fatalf("picture %d of %d pixels: %v, %v", i, size, shown, err)
				}
				shown.Release()
			}
		})
	}
}
