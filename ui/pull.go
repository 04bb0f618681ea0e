package ui

import (
	"image"
	"math"
	"time"

	"fyne.io/fyne/v2"

	"parley/signaling"
	"parley/ui/screen"
	"parley/ui/widget"
)

// puller is the one animation of the window. While a picture or a level can be
// seen it runs once per drawn frame and takes the newest picture of each feed;
// otherwise it stands still and costs nothing.
type puller struct {
	w         *Window
	animation *fyne.Animation
	running   bool
	call      signaling.CallID // whose remote pictures are shown
	shown     time.Time        // when the last picture was

	remote, local, share *feed
	stage                *feed // what the other side shows of its screen
}

func newPuller(w *Window) *puller {
	p := &puller{w: w}
	p.animation = fyne.NewAnimation(time.Second, func(float32) { p.tick() })
	p.animation.RepeatCount = fyne.AnimationRepeatForever
	p.animation.Curve = fyne.AnimationLinear
	p.remote = &feed{
		screen: w.deps.Remote,
		tile:   func(m screen.Model) *widget.VideoTile { return w.call.cameraTile(m.Call) },
		wanted: func(m screen.Model) bool { return m.Stage == screen.InCall && m.Call.ShowRemote },
	}
	p.local = &feed{screen: w.deps.Local, tile: w.ownTile, wanted: w.wantsOwn, live: true}
	p.share = &feed{
		screen: w.deps.LocalShare, live: true,
		tile:   func(screen.Model) *widget.VideoTile { return w.call.sharing.preview },
		wanted: func(m screen.Model) bool { return m.Call.Sharing.Beside },
	}
	p.stage = &feed{
		screen: w.deps.RemoteShare,
		tile:   func(screen.Model) *widget.VideoTile { return w.call.remote },
		wanted: func(m screen.Model) bool { return m.Stage == screen.InCall && m.Call.SeesShare },
	}
	return p
}

// ownTile is where one's own picture is shown.
func (w *Window) ownTile(m screen.Model) *widget.VideoTile {
	if m.Stage == screen.InCall {
		return w.call.local
	}
	return w.home.settings.preview
}

// wantsOwn reports whether there is a place for one's own picture.
func (w *Window) wantsOwn(m screen.Model) bool {
	if m.Stage == screen.InCall {
		return m.Call.Video && m.Call.ShowLocal
	}
	return w.home.settings.open
}

// want starts or stops the animation, whichever the model needs.
func (p *puller) want(m screen.Model) {
	if id := p.w.snapshot.Call.ID; m.Stage == screen.InCall && p.call != id {
		p.call = id
		p.remote.drop() // the last picture of the call before
	}
	now, visible := p.w.deps.Now(), !p.w.minimised
	needed := p.remote.apply(m, visible, now)
	needed = p.local.apply(m, visible, now) || needed
	needed = p.share.apply(m, visible, now) || needed
	needed = p.stage.apply(m, visible, now) || needed
	switch needed = visible && (needed || p.w.sounds(m)); {
	case needed && !p.running:
		p.running = true
		p.animation.Start()
	case !needed:
		p.stop()
	}
}

// sounds reports whether a level can be seen, or what pulses instead.
func (w *Window) sounds(m screen.Model) bool {
	levels := w.deps.Levels != nil
	if m.Stage != screen.InCall {
		return levels && w.home.settings.open
	}
	return levels || m.Call.Waiting && w.deps.App.Settings().ShowAnimations()
}

func (p *puller) stop() {
	if p.running {
		p.running = false
		p.animation.Stop()
	}
}

// setMinimised says that nobody sees the window, or that somebody does again.
// Pictures are neither converted nor drawn meanwhile.
func (w *Window) setMinimised(on bool) {
	if w.minimised != on {
		w.minimised = on
		w.render()
	}
}

// pulse swells and falls once a second.
func pulse(now time.Time) float32 {
	phase := float64(now.UnixMilli()%1000) / 1000
	return float32(0.5 - 0.5*math.Cos(2*math.Pi*phase))
}

// together is how long one's own picture, and meters, wait for a picture of the other
// side. Whatever is new repaints the whole window, so that what is out of step would
// cost twice, and the next picture would wait for it.
const together = 50 * time.Millisecond

// pictures returns what is new; nil for nothing.
func (p *puller) pictures() (remote, local *image.RGBA) {
	now, m := p.w.deps.Now(), p.w.model
	remote = p.remote.next(m, now)
	if remote == nil && p.remote.watched && p.w.call.remote.HasPicture() && now.Sub(p.shown) < together {
		return nil, nil
	}
	local = p.local.next(m, now)
	if remote != nil || local != nil {
		p.shown = now
	}
	return remote, local
}

// beat is a little less than the time between two ticks: Fyne draws 60 times a second.
const beat = 16 * time.Millisecond

// await lets the next picture of the other side come, if it comes before the next
// tick: Fyne draws after a tick and at no other time, so what comes between two would
// be shown 8 ms later, on average. All that has to wait for it is input, for one beat.
func (p *puller) await() {
	if p.w.model.Call.SeesShare {
		p.stage.await(beat)
	} else {
		p.remote.await(beat)
	}
}

// tick shows what is new.
func (p *puller) tick() {
	p.await()
	w := p.w
	var levels Levels
	if w.deps.Levels != nil {
		levels = w.deps.Levels()
	}
	if w.model.Stage != screen.InCall {
		w.home.settings.sound.show(levels)
		if _, own := p.pictures(); own != nil {
			w.home.settings.preview.ShowPicture(own)
		}
		return
	}
	remote, local := p.pictures()
	w.call.showPictures(remote, local)
	if picture := p.share.next(w.model, w.deps.Now()); picture != nil {
		w.call.sharing.preview.ShowPicture(picture)
	}
	if picture := p.stage.next(w.model, w.deps.Now()); picture != nil {
		w.call.showShared(picture)
	}
	switch now := w.deps.Now(); {
	case w.model.Call.Waiting && w.deps.App.Settings().ShowAnimations():
		w.call.avatar.SetLevel(pulse(now))
	case w.deps.Levels != nil && (remote != nil || local != nil || now.Sub(p.shown) >= together):
		w.call.showLevels(levels)
	}
	w.call.fade(w.deps.Now())
	w.call.zoom.fade(w.deps.Now())
}
