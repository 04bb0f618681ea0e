package ui

import (
	"image"
	"image/color"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"parley/call"
	"parley/media"
)

// filming is a window in a call whose pictures come as frames, as in life.
type filming struct {
	*bench
	pool media.Pool
}

func film(t testing.TB, change ...func(*Deps)) *filming {
	t.Helper()
	b := &filming{bench: open(t, change...)}
	b.local.Convert = func(*image.RGBA, *image.YCbCr) {}
	b.remote.Convert = b.local.Convert
	b.Show(inPhase(call.Active, media.Video))
	return b
}

// frames lets a frame come from both sides, and the window draw, some times.
// Converted is how many of each were converted, shown how many were put up.
func (b *filming) frames(count int) (converted, shown [2]uint64) {
	before := b.counts()
	for range count {
		for _, s := range []*media.Screen{&b.remote, &b.local} {
			f := b.pool.Get(64, 36)
			s.Show(f)
			f.Release()
		}
		b.pass(time.Second / 30)
		if b.pull.running {
			b.pull.tick()
		}
	}
	after := b.counts()
	for i := range 2 {
		converted[i], shown[i] = after[i]-before[i], after[i+2]-before[i+2]
	}
	return converted, shown
}

func (b *filming) counts() [4]uint64 {
	return [4]uint64{b.remote.Converted(), b.local.Converted(), b.call.remote.Shown(), b.call.local.Shown()}
}

// cost checks how many of ten frames were converted and shown, of both sides, in a
// window that is painted.
func (b *filming) cost(when string, want [2]uint64) {
	b.t.Helper()
	b.main.Canvas().Capture()
	if converted, shown := b.frames(10); converted != want || shown != want {
		b.t.Errorf("%s: converted %v and shown %v of ten, want %v", when, converted, shown, want)
	}
}

func TestHiddenPicturesCostNothing(t *testing.T) {
	var minimise func(bool)
	b := film(t, func(d *Deps) {
		d.Minimised = func(tell func(bool)) fyne.CanvasObject { minimise = tell; return &fyne.Container{} }
	})
	b.cost("in view", [2]uint64{10, 10})

	minimise(true)
	if b.pull.running {
		t.Error("the animation runs in a minimised window")
	}
	b.cost("minimised", [2]uint64{})
	last := b.call.remote.Shown()
	minimise(false)
	b.pull.tick() // though nothing more comes
	if b.call.remote.Shown() != last+1 {
		t.Error("back again, the newest picture is not shown")
	}
	b.cost("back again", [2]uint64{10, 10})

	dark := inPhase(call.Active, media.Video)
	dark.Muted = map[media.Kind]bool{media.Video: true}
	b.Show(dark)
	b.cost("with the own camera off", [2]uint64{10, 0})

	b.Show(rest())
	b.cost("at home", [2]uint64{})
}

// A tile that is not painted is somewhere where nobody sees it. The first pictures
// wait, since a busy computer may be late.
func TestPicturesThatAreNotPaintedCostNothing(t *testing.T) {
	b := film(t)
	if _, shown := b.frames(20); shown != [2]uint64{20, 20} {
		t.Errorf("not painted yet: shown %v of 20", shown)
	}
	b.frames(20)
	if converted, shown := b.frames(10); converted != [2]uint64{} || shown != [2]uint64{} {
		t.Errorf("never painted: converted %v and shown %v of 10", converted, shown)
	}
	b.main.Canvas().Capture()
	b.pull.tick()
	b.cost("painted", [2]uint64{10, 10})
}

func TestNothingNewIsNotDrawn(t *testing.T) {
	b := film(t)
	b.frames(3)
	before := b.counts()
	for range 10 {
		b.pull.tick()
	}
	if after := b.counts(); after != before {
		t.Errorf("from %v to %v although nothing came", before, after)
	}
	b.Show(inPhase(call.Active, media.Audio))
	if b.pull.running {
		t.Error("an animation runs though there is nothing to be seen")
	}
}

func TestFramesOfAHiddenCameraDoNotFlashUp(t *testing.T) {
	b := film(t)
	b.frames(2)
	dark := inPhase(call.Active, media.Video)
	dark.Muted = map[media.Kind]bool{media.Video: true}
	b.Show(dark)
	b.frames(2)
	b.Show(inPhase(call.Active, media.Video))
	b.pull.tick()
	if b.call.local.HasPicture() {
		t.Error("a picture from before is shown")
	}
}

// A frame costs the window's goroutine no memory.
func TestFrameAllocatesNothing(t *testing.T) {
	b := film(t)
	b.frames(5)
	f := b.pool.Get(1280, 720)
	b.remote.Show(f)
	b.pull.tick()
	if n := testing.AllocsPerRun(100, func() {
		b.remote.Show(f)
		b.pull.tick()
	}); n > 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

// BenchmarkFrame is what a frame costs the window's goroutine before Fyne paints.
func BenchmarkFrame(b *testing.B) {
	w := film(b)
	f := w.pool.Get(1280, 720)
	w.remote.Show(f)
	w.pull.tick()
	b.ReportAllocs()
	for b.Loop() {
		w.remote.Show(f)
		w.pull.tick()
	}
}

// A picture that comes between two ticks is shown by the first of them: Fyne draws
// after ticks only.
func TestATickWaitsForThePictureThatIsAboutToCome(t *testing.T) {
	b := film(t)
	b.frames(5)
	b.main.Canvas().Capture()
	b.pull.tick()
	synctest.Test(t, func(t *testing.T) {
		remote := &media.Screen{Convert: b.remote.Convert}
		remote.Watch(true)
		b.pull.remote.screen = remote
		for n := range uint64(6) {
			before := b.call.remote.Shown()
			came := make(chan struct{})
			go func() {
				defer close(came)
				<-time.After(time.Second / 30)
				f := b.pool.Get(64, 36)
				defer f.Release()
				remote.Show(f)
			}()
			if n < 3 { // until there is a rhythm
				<-came
			} else {
				<-time.After(time.Second/30 - beat + time.Millisecond)
			}
			b.pull.tick()
			if shown := b.call.remote.Shown(); shown != before+1 {
				t.Errorf("picture %d is not shown by the tick before it", n)
			}
			<-came
		}
	})
}

// What notices that the window is minimised is as small as it was made, whatever the
// window's size: without a graphics card, an image that nobody sees costs as much as one
// that is seen.
func TestWhatWatchesTheWindowIsSmall(t *testing.T) {
	watcher := canvas.NewRectangle(color.Transparent)
	watcher.Resize(fyne.NewSquareSize(1))
	b := open(t, func(d *Deps) {
		d.Minimised = func(func(bool)) fyne.CanvasObject { return watcher }
	})
	b.main.Resize(fyne.NewSize(900, 700))
	if watcher.Size() != fyne.NewSquareSize(1) || b.call.root.Size().Width < 900 {
		t.Errorf("in a window of %v what watches it is %v large", b.call.root.Size(), watcher.Size())
	}
}

// Meters move with the pictures where those come, since whatever moves repaints all of
// the window, and by themselves where none do.
func TestMetersMoveWithThePictures(t *testing.T) {
	var said Levels
	b := film(t, func(d *Deps) { d.Levels = func() Levels { return said } })
	b.frames(2)
	before := b.call.mute.Level()
	said.Microphone = 1
	b.pass(time.Second / 60)
	b.pull.tick()
	if got := b.call.mute.Level(); got != before {
		t.Errorf("between two pictures the meter moves from %v to %v", before, got)
	}
	b.frames(1)
	loud := b.call.mute.Level()
	if loud == before {
		t.Error("with a picture the meter stands still")
	}
	said.Microphone = 0
	b.pass(together)
	b.pull.tick()
	if got := b.call.mute.Level(); got == loud {
		t.Error("the meter stands still where no pictures come")
	}
}
