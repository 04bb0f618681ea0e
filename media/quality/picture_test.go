package quality_test

import (
	"errors"
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"parley/media/quality"
)

// wavy is a picture with something in it.
func wavy(width, height int) *image.YCbCr {
	p := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	for y := range height {
		for x := range width {
			p.Y[y*p.YStride+x] = uint8(128 + 60*math.Sin(float64(x)/5) + 40*math.Cos(float64(y)/7))
		}
	}
	return p
}

// changed is the same with every sample passed through f.
func changed(p *image.YCbCr, f func(i int, v uint8) uint8) *image.YCbCr {
	q := wavy(p.Rect.Dx(), p.Rect.Dy())
	for i, v := range p.Y {
		q.Y[i] = f(i, v)
	}
	return q
}

func scores(t *testing.T, got, want *image.YCbCr) (psnr, ssim float64) {
	t.Helper()
	psnr, err := quality.PSNR(got, want)
	if err != nil {
		t.Fatal(err)
	}
	ssim, err = quality.SSIM(got, want)
	if err != nil {
		t.Fatal(err)
	}
	return psnr, ssim
}

func TestPicture_Equal(t *testing.T) {
	for _, size := range []image.Point{{64, 48}, {9, 9}, {3, 3}} {
		p := wavy(size.X, size.Y)
		if psnr, ssim := scores(t, p, p); psnr != 100 || math.Abs(ssim-1) > 1e-12 {
			t.Errorf("%v: %v dB, %v", size, psnr, ssim)
		}
	}
}

// An error of one everywhere is 20*log10(255) dB.
func TestPicture_OffByOne(t *testing.T) {
	p := wavy(64, 48)
	psnr, ssim := scores(t, changed(p, func(_ int, v uint8) uint8 { return v + 1 }), p)
	if math.Abs(psnr-48.1308) > 0.001 {
		t.Errorf("%v dB", psnr)
	}
	if ssim < 0.999 || ssim >= 1 {
		t.Errorf("a brightness that changes so little scores %v", ssim)
	}
}

// Of two pictures with the same error, the one that lost its structure is the
// worse: what SSIM is for.
func TestPicture_StructureCounts(t *testing.T) {
	p := wavy(128, 128)
	brighter := changed(p, func(_ int, v uint8) uint8 { return v + 12 })
	grain := rand.New(rand.NewPCG(1, 2))
	noisy := changed(p, func(_ int, v uint8) uint8 {
		if grain.IntN(2) == 0 {
			return v + 12
		}
		return v - 12
	})
	a, brighterSSIM := scores(t, brighter, p)
	b, noisySSIM := scores(t, noisy, p)
	if math.Abs(a-b) > 0.01 {
		t.Fatalf("the errors differ: %v and %v dB", a, b)
	}
	if brighterSSIM < noisySSIM+0.05 {
		t.Errorf("brighter %v, noisy %v", brighterSSIM, noisySSIM)
	}
}

func TestPicture_SizesMustAgree(t *testing.T) {
	a, b := wavy(64, 48), wavy(48, 64)
	if _, err := quality.PSNR(a, b); !errors.Is(err, quality.ErrSize) {
		t.Errorf("PSNR: %v", err)
	}
	if _, err := quality.SSIM(a, b); !errors.Is(err, quality.ErrSize) {
		t.Errorf("SSIM: %v", err)
	}
}
