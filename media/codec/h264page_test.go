//go:build !noh264

package codec

import (
	"testing"
	"time"

	"parley/media"
	"parley/media/quality"
)

// What a page takes of a slow path is known, and how it becomes sharp there.
func TestH264PageOnASlowPath(t *testing.T) {
	const rate, width, height = 200_000, 960, 540
	e, err := NewVideoEncoder(H264, media.VideoSettings{Bitrate: rate, FramesPerSecond: 10, Detail: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	d := newDecoder(t, H264)
	var pool media.Pool
	free, sharp := 0.0, 0.0 // seconds
	shown := 0
	for i := range 10 * 24 {
		now := float64(i) / 10
		f := pool.Get(width, height)
		scrolled := min(max(0, i-140), 40) * 6 // from 14 to 18 s
		pageOfText(f, scrolled)
		f.Captured = start.Add(time.Duration(i) * 100 * time.Millisecond)
		packet := encode(t, e, f, false)
		if len(packet) == 0 {
			f.Release()
			continue
		}
		free = max(free, now) + 8*float64(len(packet))/rate
		got, err := d.Decode(packet)
		if err != nil {
			t.Fatal(err)
		}
		psnr, err := quality.PSNR(got.Image, f.Image)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 && (free > 2.7 || psnr < 14) {
			t.Errorf("the first picture is there after %.1f s, at %.1f dB", free, psnr)
		}
		if sharp == 0 && psnr >= 38 {
			sharp = free
		}
		if now >= 14 && now < 18 {
			shown++
		}
		if wait := free - now; wait > 3.5 {
			t.Errorf("at %.1f s the path is full for %.1f s", now, wait)
		}
		got.Release()
		f.Release()
	}
	if sharp == 0 || sharp > 13 {
		t.Errorf("the page is sharp after %.1f s", sharp)
	}
	if shown < 4 {
		t.Errorf("%d pages are shown in 4 s of scrolling", shown)
	}
	t.Logf("sharp after %.1f s, %d pages in 4 s", sharp, shown)
}
