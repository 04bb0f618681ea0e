package peer

import (
	"math"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"parley/media"
	"parley/media/page"
)

// How long a sheet of letters is, and how far it is scrolled at once, in pixels.
const (
	sheetWidth, sheetHeight = 1920, 1080
	sheetLength             = 4000
	sheetStep               = 30
)

// sheet is a page of what looks like letters.
type sheet struct {
	luma []byte
	from int // the first row that is shown
}

func newSheet() *sheet {
	s := &sheet{luma: make([]byte, sheetWidth*sheetLength)}
	dice := rand.New(rand.NewPCG(5, 7))
	for i := range s.luma {
		s.luma[i] = 235
		if i/sheetWidth%20 < 12 && i%sheetWidth < sheetWidth/2 { // and nothing between two lines
			s.luma[i] = byte(16 + dice.Uint32()%200)
		}
	}
	return s
}

func (s *sheet) show(f *media.Frame) {
	copy(f.Image.Y, s.luma[s.from*sheetWidth:][:sheetWidth*sheetHeight])
	f.Number = uint64(s.from)
}

// scroll moves the sheet a step further.
func (s *sheet) scroll() { s.from = (s.from + sheetStep) % (sheetLength - sheetHeight) }

// sheetEncoder makes frames of the sizes that OpenH264 makes of a dense page with the
// quantizers that it is told (media/page): so many bits for each row of letters that is
// new, and again a part of that for those that become finer.
type sheetEncoder struct {
	control page.Control
	begun   bool
	rows    [sheetLength]int // the quantizers that they are shown with, 0 for none
	last    int
}

func (e *sheetEncoder) Encode(f *media.Frame, key bool) ([]byte, error) {
	key = key || !e.begun
	q, ok := e.control.Next(f.Image, f.Captured, key)
	if !ok {
		return nil, nil
	}
	bytes := e.bytes(f, q, key)
	if key {
		if coarser, again := e.control.Again(bytes); again {
			q, bytes = coarser, e.bytes(f, coarser, true)
		}
	}
	e.control.Sent(bytes, key)
	e.begun, e.last = true, q
	p := make([]byte, max(bytes, 16))
	if !key {
		p[0] = 1
	}
	p[1], p[2] = byte(f.Width()>>8), byte(f.Width()&0xff)
	return p, nil
}

func (e *sheetEncoder) bytes(f *media.Frame, q int, key bool) int {
	const row = 55 // bits per unit of the curve: 1.2 Mbit of a page at a quantizer of 36
	rows := 0.0
	from := int(f.Number)
	for i := range e.rows {
		before := e.rows[i]
		switch {
		case i < from || i >= from+sheetHeight:
			e.rows[i] = 0 // the encoder has but the last picture
		case i%20 >= 12:
		case key || before == 0:
			rows++
			e.rows[i] = q
		case e.last > 26 && q <= e.last-6 && q < before:
			rows += min(1, 0.06*float64(before-q))
			e.rows[i] = q
		}
	}
	return 100 + int(row*rows*math.Pow(float64(57-q), 1.17)/8)
}

// ofText has the strait show a page of text, and returns what encodes it.
func (s *strait) ofText() *sheetEncoder {
	e := &sheetEncoder{}
	s.sheet = newSheet()
	s.video.shaper.detail = func() bool { return true }
	s.video.config.NewVideoEncoder = func(_ string, _, _ int, settings media.VideoSettings) (media.VideoEncoder, error) {
		return e, e.Adapt(settings)
	}
	return e
}

// coarsest is the quantizer of what looks worst.
func (e *sheetEncoder) coarsest() (most int) {
	for _, q := range e.rows {
		most = max(most, q)
	}
	return most
}

func (e *sheetEncoder) Adapt(s media.VideoSettings) error {
	e.control.SetRate(s.Bitrate)
	return nil
}

func (e *sheetEncoder) Close() error { return nil }

// A page of text can be read within three seconds on any path that carries pictures,
// becomes sharp, can be scrolled, and keeps its size all the time.
func TestVideoSender_APageOfText(t *testing.T) {
	for _, row := range []struct {
		name            string
		weather         weather
		sharp           time.Duration
		scrolled, still float64       // pictures a second
		gap             time.Duration // between two, when it is scrolled
	}{
		{"3 Mbit/s", weather{rate: 3e6}, 4 * time.Second, 12, 25, 500 * time.Millisecond},
		{"1 Mbit/s", weather{rate: 1e6}, 5 * time.Second, 5, 5, time.Second},
		{"half a megabit", weather{rate: 500_000}, 9 * time.Second, 2, 2, time.Second},
		{"half a megabit with sound", weather{rate: 500_000, talks: true}, 10 * time.Second, 2, 2, time.Second},
		{"half a megabit that loses 2 %", weather{rate: 500_000, loss: 0.02}, 12 * time.Second, 2, 2, 1500 * time.Millisecond},
		{"300 kbit/s", weather{rate: 300_000}, 17 * time.Second, 0.8, 0.6, 3 * time.Second},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStrait(t, row.weather)
				e := s.ofText()
				if c := s.measure(3 * time.Second); c.shown == 0 || c.width != sheetWidth || e.coarsest() > 49 {
					t.Errorf("after 3 s it is %+v, with a quantizer of %d", c, e.coarsest())
				}
				s.run(row.sharp - 3*time.Second)
				if e.coarsest() > 26 {
					t.Errorf("after %v it has a quantizer of %d", row.sharp, e.coarsest())
				}
				s.run(5 * time.Second)
				s.scrolls = true
				c := s.measure(6 * time.Second)
				t.Logf("scrolled: %+v", c)
				if c.shown < row.scrolled || c.gap > row.gap || c.width != sheetWidth || c.asked > 1 {
					t.Errorf("scrolled it is %+v", c)
				}
				s.scrolls = false
				s.run(row.sharp)
				if c := s.measure(3 * time.Second); e.coarsest() > 26 || c.asked > 0 || c.shown < row.still {
					t.Errorf("%v later it is %+v, with a quantizer of %d", row.sharp, c, e.coarsest())
				}
			})
		})
	}
}

// What a page needs to become sharp on a narrow path is no matter of a few kbit/s.
func TestVideoSender_APageOfTextAtAnyRate(t *testing.T) {
	coarse := 0
	for rate := 280_000.0; rate < 480_000; rate += 25_000 {
		synctest.Test(t, func(t *testing.T) {
			s := newStrait(t, weather{rate: rate})
			e := s.ofText()
			if s.run(17 * time.Second); e.coarsest() > 26 {
				t.Logf("%.0f bit/s: after 17 s it has a quantizer of %d", rate, e.coarsest())
				coarse++
			}
		})
	}
	if coarse > 1 {
		t.Errorf("at %d rates of 8 a page is not sharp after 17 s", coarse)
	}
}
