package quality

import (
	"fmt"
	"image"
	"math"
)

// ErrSize means that two pictures that should be compared differ in size.
var ErrSize = fmt.Errorf("pictures differ in size: %w", ErrLength)

// mostPSNR stands for pictures that do not differ at all, in dB: a peak that is
// as large as a quarter of the smallest difference that one sample can make.
const mostPSNR = 100

// PSNR returns the peak signal to noise ratio of a picture's luma, in dB, at most
// 100.
func PSNR(got, want *image.YCbCr) (float64, error) {
	if got.Rect.Size() != want.Rect.Size() {
		return 0, fmt.Errorf("%w: %v and %v", ErrSize, got.Rect.Size(), want.Rect.Size())
	}
	width, height := got.Rect.Dx(), got.Rect.Dy()
	var sum float64
	for y := range height {
		sum += float64(squares(got.Y[y*got.YStride:][:width], want.Y[y*want.YStride:][:width]))
	}
	if sum == 0 {
		return mostPSNR, nil
	}
	return min(mostPSNR, 10*math.Log10(255*255*float64(width*height)/sum)), nil
}

func squares(a, b []uint8) (sum int64) {
	for i := range a {
		d := int64(a[i]) - int64(b[i])
		sum += d * d
	}
	return sum
}

// The window of SSIM and its steps, in pixels, and the constants that keep it
// steady where nothing happens. Blocks of 8x8 every 4 pixels stand in for the
// paper's Gaussian window, as in most encoders' own figures.
const (
	ssimBlock = 8
	ssimStep  = 4
	ssimC1    = (0.01 * 255) * (0.01 * 255)
	ssimC2    = (0.03 * 255) * (0.03 * 255)
)

// SSIM returns the structural similarity of a picture's luma, at most 1 (Wang,
// Bovik, Sheikh and Simoncelli, "Image Quality Assessment: From Error Visibility
// to Structural Similarity", IEEE Transactions on Image Processing 13/4, 2004).
// Pictures smaller than 8x8 are compared as what they are: equal or not.
func SSIM(got, want *image.YCbCr) (float64, error) {
	if got.Rect.Size() != want.Rect.Size() {
		return 0, fmt.Errorf("%w: %v and %v", ErrSize, got.Rect.Size(), want.Rect.Size())
	}
	width, height := got.Rect.Dx(), got.Rect.Dy()
	sum, blocks := 0.0, 0
	for y := 0; y+ssimBlock <= height; y += ssimStep {
		for x := 0; x+ssimBlock <= width; x += ssimStep {
			sum += similarity(got, want, x, y)
			blocks++
		}
	}
	if blocks == 0 {
		psnr, err := PSNR(got, want)
		return math.Floor(psnr / mostPSNR), err
	}
	return sum / float64(blocks), nil
}

func similarity(a, b *image.YCbCr, x, y int) float64 {
	var sa, sb, saa, sbb, sab float64
	for row := range ssimBlock {
		pa := a.Y[(y+row)*a.YStride+x:][:ssimBlock]
		pb := b.Y[(y+row)*b.YStride+x:][:ssimBlock]
		for i := range pa {
			va, vb := float64(pa[i]), float64(pb[i])
			sa, sb = sa+va, sb+vb
			saa, sbb, sab = saa+va*va, sbb+vb*vb, sab+va*vb
		}
	}
	const n = ssimBlock * ssimBlock
	ma, mb := sa/n, sb/n
	va, vb, cov := saa/n-ma*ma, sbb/n-mb*mb, sab/n-ma*mb
	return (2*ma*mb + ssimC1) * (2*cov + ssimC2) / ((ma*ma + mb*mb + ssimC1) * (va + vb + ssimC2))
}
