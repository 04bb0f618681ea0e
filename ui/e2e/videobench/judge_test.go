//go:build e2e

package videobench

import (
	"image"
	"slices"
	"sync"
	"testing"
	"time"

	"parley/media/codec"
	"parley/media/quality"
)

// sampleEvery is how many frames there are to one whose picture is judged.
const sampleEvery = 15

// sight is one picture as it was shown.
type sight struct {
	number int
	at     time.Duration // since the start of the recording
	delay  time.Duration // since it was captured
}

// sample is one picture that was shown, kept to be judged.
type sample struct {
	number  int
	at      time.Duration
	picture *image.YCbCr
}

// showing is all that somebody saw.
type showing struct {
	sights   []sight
	samples  []sample
	captures []exposure // in order of time
	stood    []sample   // what stood on the screen, stoodEvery
}

// figures are what a showing is worth.
type figures struct {
	frames         float64 // per second
	delay, slowest float64 // ms, median and 95th percentile
	freezes        float64
	frozen         float64 // seconds
	psnr, ssim     float64
	width          float64 // of the pictures, median

	age, oldest          float64 // ms, of what stood on the screen, median and 95th percentile
	stoodPSNR, stoodSSIM float64 // of it beside what should have
}

// W3C webrtc-stats freezeCount: a gap is a freeze if it is three times as long as
// usual, and 150 ms longer.
const freezeMargin = 150 * time.Millisecond

// judge computes figures of what was seen between two moments.
func (s *showing) judge(b *testing.B, original *footage, from, to time.Duration) (f figures) {
	b.Helper()
	var delays, gaps []float64
	last := time.Duration(-1)
	for _, v := range s.sights {
		if v.at < from || v.at > to {
			continue
		}
		delays = append(delays, v.delay.Seconds()*1000)
		if last >= 0 {
			gap := v.at - last
			usual := mean(gaps[max(0, len(gaps)-30):])
			if len(gaps) > 0 && gap.Seconds() > max(3*usual, usual+freezeMargin.Seconds()) {
				f.freezes++
				f.frozen += gap.Seconds()
			}
			gaps = append(gaps, gap.Seconds())
		}
		last = v.at
	}
	if len(delays) == 0 {
		return f
	}
	slices.Sort(delays)
	f.frames = float64(len(delays)) / (to - from).Seconds()
	f.delay, f.slowest = delays[len(delays)/2], delays[len(delays)*95/100]
	s.look(b, original, from, to, &f)
	s.watch(b, original, from, to, &f)
	return f
}

// look compares the samples with what they should have been, at the size of the
// original: who sends less has to be looked at enlarged.
func (s *showing) look(b *testing.B, original *footage, from, to time.Duration, f *figures) {
	b.Helper()
	var psnr, ssim, widths []float64
	whole := image.NewYCbCr(image.Rectangle{Max: original.size}, image.YCbCrSubsampleRatio420)
	for _, v := range s.samples {
		if v.at < from || v.at > to {
			continue
		}
		if err := codec.Scale(whole, v.picture); err != nil {
			b.Fatal(err)
		}
		want := original.frames[v.number].Image
		p, err := quality.PSNR(whole, want)
		if err != nil {
			b.Fatal(err)
		}
		q, err := quality.SSIM(whole, want)
		if err != nil {
			b.Fatal(err)
		}
		psnr, ssim = append(psnr, p), append(ssim, q)
		widths = append(widths, float64(v.picture.Rect.Dx()))
	}
	f.psnr, f.ssim = mean(psnr), mean(ssim)
	if slices.Sort(widths); len(widths) > 0 {
		f.width = widths[len(widths)/2]
	}
}

func mean(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// settled returns how long after a moment pictures came late or not at all.
func (s *showing) settled(from, to time.Duration) time.Duration {
	worst, last := time.Duration(0), from
	for _, v := range s.sights {
		if v.at < from || v.at > to {
			continue
		}
		if v.at-last > 200*time.Millisecond || v.delay > 400*time.Millisecond {
			worst = v.at - from
		}
		last = v.at
	}
	return worst
}

// shutter knows when each picture of the clip was captured last.
type shutter struct {
	mu    sync.Mutex
	at    [clipFrames]time.Time
	began time.Time  // of the recording
	all   []exposure // since then
}

func (s *shutter) captured(number int, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at[number] = at
	if !s.began.IsZero() {
		s.all = append(s.all, exposure{number, at.Sub(s.began)})
	}
}

// begin begins the recording.
func (s *shutter) begin(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.began, s.all = at, nil
}

// captures returns what was taken since begin.
func (s *shutter) captures() []exposure {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all
}

func (s *shutter) since(number int, now time.Time) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return now.Sub(s.at[number])
}
