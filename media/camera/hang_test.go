package camera

import (
	"context"
	"errors"
	"image"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/mediadevices/pkg/driver"
	"github.com/pion/mediadevices/pkg/frame"
	"github.com/pion/mediadevices/pkg/prop"

	"parley/media"
)

// hangingCamera delivers some pictures and then hangs in a read until the returned
// function is called, as drivers do on Windows whose device was pulled out.
func hangingCamera(pictures int) (c *fakeCamera, comeBack func()) {
	back := make(chan struct{})
	c = &fakeCamera{properties: []prop.Media{property(64, 36, 30, frame.FormatI420)}}
	deliver := every(time.Second/30, bars(64, 36))
	c.read = func(i int) (image.Image, error) {
		if i >= pictures {
			<-back
			return nil, errors.New("gone")
		}
		return deliver(i)
	}
	return c, func() { close(back) }
}

// lasts returns how long a source has pictures, and why no longer.
func lasts(t *testing.T, src Source) (time.Duration, error) {
	t.Helper()
	for began := time.Now(); ; {
		f, err := src.Next(t.Context(), 0)
		if err != nil {
			return time.Since(began), err
		}
		f.Release()
	}
}

// A driver that does not come back from a read is given up, and its device closed
// when it does.
func TestRecorderOfADriverThatHangs(t *testing.T) {
	for name, c := range map[string]struct {
		pictures int
		after    time.Duration
	}{
		"from the beginning": {0, firstPatience},
		"in a call":          {30, time.Second + patience},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				fake, comeBack := hangingCamera(c.pictures)
				src, err := OpenDriver(t.Context(), register(t, fake, "fake", "Fake"), Recording{Name: "Fake"})
				if err != nil {
					t.Fatal(err)
				}
				if took, err := lasts(t, src); !errors.Is(err, ErrGone) || took.Round(time.Millisecond) != c.after {
					t.Errorf("%v after %v, want after %v", err, took, c.after)
				}
				if err := src.Close(); !errors.Is(err, ErrStuck) {
					t.Error(err)
				}
				comeBack()
				synctest.Wait()
				if fake.closed != 1 {
					t.Errorf("closed %d times in the end", fake.closed)
				}
			})
		})
	}
}

// However often a camera is tried whose driver hangs, it is one goroutine that hangs,
// until the camera is plugged in anew.
func TestOpeningACameraThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ways []func() // back, for all drivers that hang
		var plugged []device
		started := 0
		plug := func() {
			plugged = []device{{Device: media.Device{Kind: media.Camera, ID: "cam", Name: "Cam"}, start: func(want Format, _ <-chan struct{}) (grabber, error) {
				started++
				fake, comeBack := hangingCamera(5)
				ways = append(ways, comeBack)
				return openDriver(driverOf(t, fake), want, false)
			}}}
		}
		s := system{scan: func() ([]device, error) { return slices.Clone(plugged), nil }, held: &held{}}
		fails := func(want error) {
			t.Helper()
			if src, err := openCamera(t.Context(), s, cam, small); !errors.Is(err, want) {
				t.Errorf("%v, %v; want %v", src, err, want)
			}
		}
		hangs := func() {
			t.Helper()
			src, err := openCamera(t.Context(), s, cam, small)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := lasts(t, src); !errors.Is(err, ErrGone) {
				t.Error(err)
			}
			if err := src.Close(); !errors.Is(err, ErrStuck) {
				t.Error(err)
			}
		}
		plug()
		hangs()
		for range 10 {
			fails(ErrGone)
		}
		ways[0]() // the driver came back
		synctest.Wait()
		hangs()
		fails(ErrGone)
		plugged = nil
		fails(ErrNoCamera)
		plug()
		hangs()
		if started != 3 {
			t.Errorf("started %d times", started)
		}
		ways[1]() // of a camera that is another now
		synctest.Wait()
		fails(ErrGone)
		ways[2]()
		synctest.Wait()
	})
}

// The user sees that the camera is gone, and it comes back by itself.
func TestPumpOfACameraThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake, comeBack := hangingCamera(30)
		d, at := register(t, fake, "fake", "Fake"), &stage{}
		hung := false
		open := func(ctx context.Context, _ media.Choice, f Format) (Source, error) {
			if hung {
				return newPattern(f), nil
			}
			hung = true
			return OpenDriver(ctx, d, Recording{Name: "Fake", Format: f})
		}
		var feed media.Feed
		v := watch(&feed)
		p := Start(Settings{Feed: &feed, Choice: cam, Format: small, Open: open, Report: at.report})
		pass(time.Second + patience + closeTime + time.Millisecond)
		if r := at.lastReport(); !errors.Is(r.Err, ErrGone) || r.Using != "" {
			t.Errorf("report: %+v", r)
		}
		pass(retryTime + time.Second)
		if r := at.lastReport(); r.Err != nil || r.Using != "pattern" {
			t.Errorf("report: %+v", r)
		}
		comeBack()
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		feed.Close()
		<-v.done
		synctest.Wait()
	})
}

// driverOf is a driver of a fake camera that no list has.
func driverOf(t *testing.T, c *fakeCamera) driver.Driver {
	t.Helper()
	return register(t, c, t.Name()+time.Now().String(), "Fake")
}
