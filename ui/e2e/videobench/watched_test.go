//go:build e2e

package videobench

import (
	"image"
	"slices"
	"sort"
	"testing"
	"time"

	"parley/media"
	"parley/media/codec"
	"parley/media/quality"
)

// What stood on the screen is judged over time, so that a picture that stands still
// costs as long as it does: figures over the pictures that were shown count a freeze
// once, however long it is.
const (
	// stoodEvery is how far apart the moments are whose picture is kept: no part of
	// the clip's length, so that other parts of it are met each time.
	stoodEvery = 370 * time.Millisecond
	// agedEvery is how far apart those are whose picture's age is taken.
	agedEvery = 10 * time.Millisecond
	// tolerance is by how much a picture may come sooner or later than others do
	// without being another than it should be: half of the time to the next.
	tolerance = time.Second / frameRate / 2
	// habit is for how long, before and after, delays are taken for what is usual: who
	// watches gets used to a delay, and sees only that it changes.
	habit = 2 * time.Second
)

// exposure is when a picture of the clip was taken, since the start of the recording.
type exposure struct {
	number int
	at     time.Duration
}

// stage keeps what stands on the screen, and which of it stood there at moments that
// are stoodEvery apart.
type stage struct {
	held   *media.Frame // nil: nothing yet
	number int
	next   time.Duration // the first moment that is not kept yet
	stood  []sample
}

// show puts another picture on the stage.
func (s *stage) show(f *media.Frame, number int, at time.Duration) {
	s.until(at)
	if s.held != nil {
		s.held.Release()
	}
	s.held, s.number = f.Retain(), number
}

// until lets what stands there stand until a moment.
func (s *stage) until(at time.Duration) {
	var picture *image.YCbCr
	for ; s.next < at; s.next += stoodEvery {
		if s.held == nil {
			continue
		}
		if picture == nil {
			picture = clone(s.held.Image)
		}
		s.stood = append(s.stood, sample{s.number, s.next, picture})
	}
}

// clear takes down what stands there.
func (s *stage) clear() {
	if s.held != nil {
		s.held.Release()
		s.held = nil
	}
}

// watch computes the figures over time between two moments: how old the picture on the
// screen was, and how it looked beside the one that would have stood there had all come
// as late as is usual at the time.
func (s *showing) watch(b *testing.B, original *footage, from, to time.Duration, f *figures) {
	b.Helper()
	ages := s.ages(from, to)
	if len(ages) == 0 {
		return
	}
	slices.Sort(ages)
	f.age, f.oldest = ages[len(ages)/2], ages[len(ages)*95/100]
	var psnr, ssim []float64
	whole := image.NewYCbCr(image.Rectangle{Max: original.size}, image.YCbCrSubsampleRatio420)
	for _, v := range s.stood {
		if v.at < from || v.at > to {
			continue
		}
		if err := codec.Scale(whole, v.picture); err != nil {
			b.Fatal(err)
		}
		want := original.frames[s.due(v, s.usual(v.at, millis(f.delay)))].Image
		p, err := quality.PSNR(whole, want)
		if err != nil {
			b.Fatal(err)
		}
		q, err := quality.SSIM(whole, want)
		if err != nil {
			b.Fatal(err)
		}
		psnr, ssim = append(psnr, p), append(ssim, q)
	}
	f.stoodPSNR, f.stoodSSIM = mean(psnr), mean(ssim)
}

// ages returns the ages of what stood on the screen, in ms.
func (s *showing) ages(from, to time.Duration) (ages []float64) {
	shown := 0
	for at := from; at < to; at += agedEvery {
		for shown < len(s.sights) && s.sights[shown].at <= at {
			shown++
		}
		if shown > 0 {
			v := s.sights[shown-1]
			ages = append(ages, (at-(v.at-v.delay)).Seconds()*1000)
		}
	}
	return ages
}

// usual is the median delay of what was shown around a moment, or otherwise where
// nothing was.
func (s *showing) usual(at, otherwise time.Duration) time.Duration {
	var delays []time.Duration
	for _, v := range s.sights {
		if (v.at - at).Abs() <= habit {
			delays = append(delays, v.delay)
		}
	}
	if len(delays) == 0 {
		return otherwise
	}
	slices.Sort(delays)
	return delays[len(delays)/2]
}

// due returns the number of the picture that should have stood where another did, had
// every picture been shown so long after it was taken. Of those that the tolerance
// allows it is the one that was there, if that is among them.
func (s *showing) due(stood sample, delay time.Duration) int {
	number := 0
	for _, taken := range []time.Duration{stood.at - delay - tolerance, stood.at - delay, stood.at - delay + tolerance} {
		i := sort.Search(len(s.captures), func(i int) bool { return s.captures[i].at > taken })
		if i == 0 {
			continue
		}
		if number = s.captures[i-1].number; number == stood.number {
			return number
		}
	}
	return number
}
