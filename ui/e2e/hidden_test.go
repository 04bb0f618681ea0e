//go:build e2e

package e2e_test

import (
	"context"
	"syscall"
	"testing"
	"time"

	"parley/ui/e2e/lab"
)

// TestWindow_MinimisedCostsNothing compares what the window's own thread does while
// as many frames arrive, in view and minimised.
func TestWindow_MinimisedCostsNothing(t *testing.T) {
	t.Parallel()
	ctx := bounded(t)
	w := lab.NewWindow(t, lab.NewDisplay(t, 1280, 900), "--name", "ann", "--hub", "127.0.0.1:0", "--camera", "pattern", "--microphone", "off", "--speaker", "off")
	w.Find(ctx, "invite")
	w.Do("call", "to", "echo")
	w.Next(ctx, "firstFrame", func(e lab.Event) bool { return e.Text("kind") == "video" })
	frames(t, ctx, w, 60) // the controls come to rest
	inView := frames(t, ctx, w, 60)
	back := w.Minimise()
	frames(t, ctx, w, 10)
	minimised := frames(t, ctx, w, 60)
	back()
	frames(t, ctx, w, 10)
	again := frames(t, ctx, w, 60)
	if minimised*2 > inView || minimised*2 > again {
		t.Errorf("its thread took %.0f ms in view, %.0f ms minimised and %.0f ms in view again", inView, minimised, again)
	}
	w.Quit(ctx)
}

// TestWindow_DrawsAfterItStoodStill stops the program for longer than the toolkit
// remembers what it has drawn.
func TestWindow_DrawsAfterItStoodStill(t *testing.T) {
	t.Setenv("FYNE_CACHE", "1s") // instead of a minute, but it looks every 10 s
	ctx := bounded(t)
	w := lab.NewWindow(t, lab.NewDisplay(t, 1280, 900), "--name", "ann", "--hub", "127.0.0.1:0", "--camera", "pattern", "--microphone", "off", "--speaker", "off")
	w.Find(ctx, "invite")
	w.Do("call", "to", "echo")
	w.Next(ctx, "firstFrame", func(e lab.Event) bool { return e.Text("kind") == "video" })
	frames(t, ctx, w, 30)
	send := func(s syscall.Signal) {
		if err := syscall.Kill(w.PID(), s); err != nil {
			t.Fatal(err)
		}
	}
	send(syscall.SIGSTOP)
	lab.Pass(ctx, 12*time.Second)
	send(syscall.SIGCONT)
	frames(t, ctx, w, 60)
	before := w.Display.Shot()
	for lab.Differing(before, w.Display.Shot(), before.Bounds()) == 0 {
		frames(t, ctx, w, 10)
	}
	w.Quit(ctx)
}

// frames waits until so many more frames arrived, and returns the processor time
// that the window's thread used meanwhile, in milliseconds.
func frames(t *testing.T, ctx context.Context, w *lab.Window, count float64) float64 {
	t.Helper()
	decoded := func(e lab.Event) float64 { return e.Number("inbound.video.framesDecoded") }
	begun, before := decoded(w.Ask(ctx, "stats")), lab.MainThreadTime(t, w.PID())
	w.Until(ctx, "stats", func(e lab.Event) bool { return decoded(e) >= begun+count })
	return lab.MainThreadTime(t, w.PID()) - before
}
