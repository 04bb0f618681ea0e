package codec

import (
	"errors"
	"image"
	"testing"
)

func TestFromBGRA(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {3, 5}, {64, 48}} {
		dst := image.NewYCbCr(image.Rectangle{Max: size}, image.YCbCrSubsampleRatio420)
		stride := 4*size.X + 12
		src := make([]byte, stride*size.Y)
		for i := 0; i+3 < len(src); i += 4 {
			src[i], src[i+1], src[i+2], src[i+3] = 20, 200, 90, byte(i)
		}
		if err := FromBGRA(dst, src, stride); err != nil {
			t.Fatal(size, err)
		}
		back := image.NewRGBA(dst.Rect)
		ToRGBA(back, dst)
		for i, want := range []int{90, 200, 20} {
			if got := int(back.Pix[i]); got < want-4 || got > want+4 {
				t.Errorf("%v: colour %d is %d instead of %d", size, i, got, want)
			}
		}
	}
}

func TestFromBGRARefusesTooFewBytes(t *testing.T) {
	dst := image.NewYCbCr(image.Rect(0, 0, 16, 16), image.YCbCrSubsampleRatio420)
	for _, c := range []struct{ bytes, stride int }{{0, 64}, {16*64 - 1, 64}, {16 * 64, 63}, {16 * 64, -64}} {
		if err := FromBGRA(dst, make([]byte, c.bytes), c.stride); !errors.Is(err, ErrSize) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
