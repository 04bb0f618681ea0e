package ui

import (
	"image"
	"math"
	"time"

	"fyne.io/fyne/v2"

	"parley/media"
	"parley/signaling"
	"parley/ui/screen"
)

// puller is the one animation of the window. While a picture or a level is in
// view it runs once per drawn frame and takes the newest picture of each ring;
// otherwise it stands still and costs nothing.
type puller struct {
	w         *Window
	animation *fyne.Animation
	running   bool
	call      signaling.CallID // whose remote pictures are shown
	shown     time.Time        // when the last picture was
}

func newPuller(w *Window) *puller {
	p := &puller{w: w}
	p.animation = fyne.NewAnimation(time.Second, func(float32) { p.tick() })
	p.animation.RepeatCount = fyne.AnimationRepeatForever
	p.animation.Curve = fyne.AnimationLinear
	return p
}

// want starts or stops the animation, whichever the model needs.
func (p *puller) want(m screen.Model) {
	id := p.w.snapshot.Call.ID
	if m.Stage == screen.InCall && p.call != id {
		p.call = id
		front(p.w.deps.Remote) // the last picture of the call before
	}
	needed := m.Stage == screen.InCall || p.w.home.settings.open
	switch {
	case needed && !p.running:
		p.running = true
		p.animation.Start()
	case !needed:
		p.stop()
	}
}

func (p *puller) stop() {
	if p.running {
		p.running = false
		p.animation.Stop()
	}
}

// front returns the newest picture, or nil if it was shown already.
func front(f *media.Frames) *image.RGBA {
	if f == nil {
		return nil
	}
	picture, fresh := f.Front()
	if !fresh {
		return nil
	}
	return picture
}

// pulse swells and falls once a second.
func pulse(now time.Time) float32 {
	phase := float64(now.UnixMilli()%1000) / 1000
	return float32(0.5 - 0.5*math.Cos(2*math.Pi*phase))
}

// together is how long one's own picture waits for one of the other side. Every
// new picture repaints the whole window, so that two out of step would cost twice.
const together = 50 * time.Millisecond

// pictures returns what is new; nil for nothing.
func (p *puller) pictures() (remote, local *image.RGBA) {
	now := p.w.deps.Now()
	remote = front(p.w.deps.Remote)
	if remote == nil && p.w.call.remote.HasPicture() && now.Sub(p.shown) < together {
		return nil, nil
	}
	local = front(p.w.deps.Local)
	if remote != nil || local != nil {
		p.shown = now
	}
	return remote, local
}

// tick shows what is new.
func (p *puller) tick() {
	w := p.w
	var levels Levels
	if w.deps.Levels != nil {
		levels = w.deps.Levels()
	}
	if w.model.Stage != screen.InCall {
		w.home.settings.sound.show(levels)
		if local := front(w.deps.Local); local != nil && w.home.settings.open {
			w.home.settings.preview.ShowPicture(local)
		}
		return
	}
	w.call.showPictures(p.pictures())
	switch now := w.deps.Now(); {
	case w.model.Call.Waiting && w.deps.App.Settings().ShowAnimations():
		w.call.avatar.SetLevel(pulse(now))
	case w.deps.Levels != nil:
		w.call.showLevels(levels)
	}
	w.call.fade(w.deps.Now())
}
