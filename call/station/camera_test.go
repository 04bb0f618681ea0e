package station

import (
	"image"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"parley/call/session"
	"parley/media"
)

func picture(t *testing.T, text string) media.Choice {
	t.Helper()
	c, err := media.ParseChoice(media.Camera, text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// quiet makes devices that report to nobody.
func quiet() *devices {
	return newDevices(func(session.Input) {}, slog.New(slog.DiscardHandler))
}

// The picture has the size and the rate that were asked for, and follows when others are.
func TestFilm_FormatAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := quiet()
		reader := d.picture.Read()
		defer reader.Close()
		for _, c := range []struct {
			choice string
			size   image.Point
			rate   int
		}{
			{"pattern@320x180@10", image.Pt(320, 180), 10},
			{"pattern@640x360@20", image.Pt(640, 360), 20},
			{"pattern@320x180", image.Pt(320, 180), 30},
			{"pattern", image.Pt(1280, 720), 30},
		} {
			d.choice = picture(t, c.choice)
			d.film(session.Wanted{Camera: true})
			for range 2 { // the second is surely of this choice
				f, err := reader.Next(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				f.Release()
			}
			began := time.Now()
			for range c.rate {
				f, err := reader.Next(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if got := f.Image.Rect.Size(); got != c.size {
					t.Errorf("%s: a picture of %v", c.choice, got)
				}
				f.Release()
			}
			if took := time.Since(began).Round(time.Millisecond); took != time.Second {
				t.Errorf("%s: %d pictures took %v", c.choice, c.rate, took)
			}
		}
		d.film(session.Wanted{})
	})
}

// Windows may be called like a format.
func TestAsked_Screen(t *testing.T) {
	for _, text := range []string{"screen", "screen:Video@640x360", "screen:0x12@640x360+0+0"} {
		if c, f := asked(picture(t, text)); c.String() != text || f.Rate != 0 || f.Width != 0 {
			t.Errorf("%s became %v in %+v", text, c, f)
		}
	}
}
