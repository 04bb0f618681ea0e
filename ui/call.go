package ui

import (
	"image"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"parley/assets/words"
	"parley/call/session"
	"parley/media"
	"parley/ui/look"
	"parley/ui/screen"
	"parley/ui/widget"
)

// How long the controls stay without movement, and when the pointer was last seen
// over one of them: it may have left the window since, which Fyne does not tell.
const (
	restingTime  = 3 * time.Second
	hoveringTime = 15 * time.Second
)

// callView is a call from dialling to hanging up.
type callView struct {
	w    *Window
	root *fyne.Container

	surface  *widget.Surface
	remote   *widget.VideoTile
	avatar   *widget.Avatar
	bigName  *widget.Text
	status   *widget.Text // under the big name
	overText *widget.Text // over a dimmed picture
	local    *widget.VideoTile
	pane     *widget.Floating
	muted    *fyne.Container // mark on the local picture
	name     *widget.Text
	clock    *widget.Text
	header   *fyne.Container
	shade    *canvas.LinearGradient
	banners  *widget.Banners
	sharing  *sharingBar
	recorded *recordingBar

	zoom zoomSign
	face face

	mute, camera, share, devices, full, hangup *widget.RoundButton
	loud                                       *widget.Meter // of the other side

	on     bool // a call is in view
	rested bool // the controls are hidden
	moved  time.Time
}

func newCallView(w *Window) *callView {
	c := &callView{w: w}
	c.banners = widget.NewBanners(w.actOnBanner, w.dismissBanner)
	c.sharing, c.recorded = newSharingBar(w), newRecordingBar(w)
	c.newRemote()
	c.newFace()
	c.newLocal()
	c.newControls()
	c.newSurface()
	c.name = widget.NewText("", look.Name, look.OnStage)
	c.name.Bold = true
	c.clock = widget.NewText("", look.Name, look.QuietOn)
	c.name.Shrink, c.clock.Shrink = true, true
	c.loud = widget.NewMeter("incall.level", w.words.Text("incall.level"), 12)
	c.loud.Stage = true
	c.header = container.New(headerLayout{}, c.name, c.clock, c.full, widget.Sized(72, 12, c.loud))
	c.shade = canvas.NewVerticalGradient(look.Of(look.Veil), transparent(look.Of(look.Veil)))
	c.overText = widget.NewText("", look.Title, look.OnStage)
	bar := container.New(&barLayout{c}, c.mute, c.camera, c.share, c.devices, c.hangup)
	notes := widget.Column(look.Space8, c.recorded.root, c.sharing.root, c.banners)
	c.root = container.New(&stageLayout{c}, c.surface, c.shade, c.overText, c.pane, c.header, bar, notes, c.zoom.sign, c.face.pane)
	return c
}

func (c *callView) newRemote() {
	c.avatar = widget.NewRingedAvatar("", 144)
	c.bigName = widget.NewText("", look.Caller, look.OnStage)
	c.bigName.Bold = true
	c.status = widget.NewText("", look.Name, look.QuietOn)
	for _, text := range []*widget.Text{c.bigName, c.status} {
		text.Shrink, text.Align = true, fyne.TextAlignCenter
	}
	back := widget.Padded(0, 0, look.Space16, look.Space16, widget.Column(look.Space8,
		layout.NewSpacer(), widget.Centered(c.avatar), c.bigName, c.status, layout.NewSpacer()))
	c.remote = widget.NewVideoTile("remote", "", 0, back)
}

func (c *callView) newLocal() {
	t := c.w.words
	off := widget.Centered(widget.Column(look.Space4,
		widget.Centered(widget.NewIcon("camera-off", 28, look.QuietOn)),
		widget.Centered(widget.NewText(t.Text("incall.cameraIsOff"), look.Hint, look.QuietOn))))
	back := container.NewStack(widget.NewFill(look.Control, look.Corner), off)
	c.local = widget.NewVideoTile("local", t.Text("incall.local"), look.Corner, back)
	c.local.Crop(true)
	c.muted = widget.Padded(look.Space8, 0, look.Space8, 0, widget.Line(0,
		container.NewVBox(container.NewStack(widget.NewFill(look.StageHang, 14), widget.Inset(5, widget.NewIcon("mic-off", 18, look.OnStage))))))
	c.pane = widget.NewFloating(container.NewStack(c.local, c.muted), c.paneRoom)
}

func (c *callView) newControls() {
	t := c.w.words
	c.mute = widget.NewRoundButton("mute", "mic", t.Text("incall.mute"), widget.Neutral, func() { c.w.toggleMute(media.Audio) })
	c.camera = widget.NewRoundButton("camera", "camera", t.Text("incall.cameraOff"), widget.Neutral, func() { c.w.toggleMute(media.Video) })
	c.share = widget.NewRoundButton("share", "share", t.Text("incall.share"), widget.Neutral, c.w.share)
	c.devices = widget.NewRoundButton("devices", "more", t.Text("incall.devices"), widget.Neutral, c.openDevices)
	c.full = widget.NewRoundButton("fullscreen", "full-screen", t.Text("incall.fullScreen"), widget.Neutral, c.toggleFullScreen)
	c.hangup = widget.NewRoundButton("hangup", "hang-up", t.Text("incall.hangup"), widget.Hanging, func() { c.w.post(session.Hangup{}) })
}

func (c *callView) apply(m screen.Model) {
	if m.Stage != screen.InCall {
		c.leave()
		return
	}
	t, s := c.w.words, m.Call
	if !c.on {
		c.on = true
		c.stir()
	}
	c.avatar.Set(s.Name, kindIcon(s.Kind), widget.NoPresence)
	if c.w.deps.Levels == nil {
		c.avatar.SetLevel(float32(s.Level))
	}
	picture := t.Text("incall.remote", words.Args{"name": s.Name})
	c.face.tile.Rename(picture)
	if s.SeesShare {
		picture = t.Text("incall.remoteScreen", words.Args{"name": s.Name})
	}
	c.remote.Rename(picture)
	c.bigName.Set(s.Name)
	c.status.Set(c.underName(s))
	c.overText.Set(s.Status)
	c.name.Set(s.Name)
	c.clock.Set(clockLine(s))
	c.applyPictures(s)
	c.applyControls(s)
	c.sharing.apply(s.Sharing)
	c.recorded.apply(s.Recording)
	c.banners.Set(c.w.bannerData(m.Banners))
	c.root.Refresh()
}

// clockLine is the clock, and what keeps our picture small.
func clockLine(s screen.Call) string {
	if s.Limit == "" {
		return s.Clock
	}
	return s.Clock + " · " + s.Limit
}

// underName is what stands under the large name: what is going on, or the clock.
func (c *callView) underName(s screen.Call) string {
	switch {
	case s.Status != "":
		return s.Status
	case s.Video && s.Live:
		return c.w.words.Text("incall.noPicture", words.Args{"name": s.Name})
	}
	return s.Clock
}

func (c *callView) applyPictures(s screen.Call) {
	c.applyFace(s)
	if !s.HasPicture() {
		c.remote.Clear()
	}
	c.remote.Dim(s.Dim && c.remote.HasPicture())
	if !s.ShowLocal {
		c.local.Clear()
	}
	c.local.Crop(!s.Sharing.On || s.Sharing.Beside) // of what is shown every edge counts
	show(c.pane, s.Video)
	show(c.muted, s.Muted)
	show(c.overText, s.Dim && c.remote.HasPicture())
	show(c.shade, c.remote.HasPicture() && !c.rested)
}

func (c *callView) applyControls(s screen.Call) {
	t := c.w.words
	if s.Muted {
		c.mute.Set("mic-off", t.Text("incall.unmute"), widget.Switched)
	} else {
		c.mute.Set("mic", t.Text("incall.mute"), widget.Neutral)
	}
	if s.CameraOff {
		c.camera.Set("camera-off", t.Text("incall.cameraOn"), widget.Switched)
	} else {
		c.camera.Set("camera", t.Text("incall.cameraOff"), widget.Neutral)
	}
	if s.Sharing.On {
		c.share.Set("share", t.Text("incall.stopSharing"), widget.Switched)
	} else {
		c.share.Set("share", t.Text("incall.share"), widget.Neutral)
	}
	c.hangup.Set("hang-up", s.Hangup, widget.Hanging)
	if c.w.main.FullScreen() {
		c.full.Set("full-screen-exit", t.Text("incall.leaveFullScreen"), widget.Neutral)
	} else {
		c.full.Set("full-screen", t.Text("incall.fullScreen"), widget.Neutral)
	}
	c.showControls()
}

func (c *callView) showControls() {
	s := c.w.model.Call
	show(c.mute, !c.rested)
	show(c.camera, !c.rested && s.Video)
	show(c.share, !c.rested && s.Video && c.w.deps.Desktop != nil)
	show(c.devices, !c.rested)
	show(c.header, !c.rested)
	show(c.name, c.remote.HasPicture())
	show(c.loud, s.Live && c.remote.HasPicture())
	show(c.clock, c.remote.HasPicture() || s.Video && s.Clock != "")
	show(c.shade, !c.rested && c.remote.HasPicture())
}

// leave puts everything back for the next call.
func (c *callView) leave() {
	if !c.on {
		return
	}
	c.on = false
	c.zoom.hide()
	c.leaveFace()
	c.remote.Clear()
	c.remote.Crop(false)
	c.local.Clear()
	c.rested = false
	if c.w.main.FullScreen() {
		c.w.main.SetFullScreen(false)
	}
	if top, ok := c.w.main.Canvas().Overlays().Top().(*widget.Overlay); ok {
		top.Close() // the menu of devices
	}
}

// showPictures puts up what is new; nil is nothing new.
func (c *callView) showPictures(remote, local *image.RGBA) {
	s := c.w.model.Call
	if remote != nil && s.ShowRemote {
		c.showCamera(remote)
	}
	if local != nil && s.ShowLocal {
		c.local.ShowPicture(local)
	}
}

// showLevels shows how loud the other side is, and whether the microphone hears us.
func (c *callView) showLevels(l Levels) {
	c.loud.SetLevel(l.Remote)
	if !c.w.model.Call.ShowRemote {
		c.avatar.SetLevel(float32(widget.Loudness(l.Remote)))
	}
	if c.w.model.Call.Muted {
		l.Microphone = 0 // a ring would say that somebody hears it
	}
	c.mute.SetLevel(float32(widget.Loudness(l.Microphone)))
}

// stir brings the controls back and lets the time until they rest begin anew.
func (c *callView) stir() {
	c.moved = c.w.deps.Now()
	if c.rested {
		c.rested = false
		c.showControls()
		c.root.Refresh()
	}
}

// fade hides the controls over a picture once nothing has moved for a while. Hang-up stays.
func (c *callView) fade(now time.Time) {
	limit := restingTime
	if c.hovered() {
		limit = hoveringTime
	}
	if c.rested || !c.remote.HasPicture() || now.Sub(c.moved) < limit || c.busy() {
		return
	}
	c.rested = true
	c.showControls()
	c.root.Refresh()
}

// busy reports whether a menu is open or a control has the focus.
func (c *callView) busy() bool {
	cv := c.w.main.Canvas()
	return cv.Overlays().Top() != nil || cv.Focused() != nil
}

func (c *callView) hovered() bool {
	for _, b := range []*widget.RoundButton{c.mute, c.camera, c.share, c.devices, c.full} {
		if b.Hovered() {
			return true
		}
	}
	return false
}

func (c *callView) toggleFullScreen() {
	c.w.main.SetFullScreen(!c.w.main.FullScreen())
	c.applyControls(c.w.model.Call)
}

// openDevices shows the menu of cameras, microphones and speakers.
func (c *callView) openDevices() {
	c.stir()
	items := c.recordingItems()
	for _, g := range c.w.model.Devices {
		if g.Kind == media.Camera && !c.w.model.Call.Video {
			continue
		}
		if g.Kind == media.Ringer {
			continue // nothing rings in a call
		}
		items = append(items, widget.MenuItem{Text: g.Label})
		for _, o := range g.Options {
			items = append(items, widget.MenuItem{
				ID: "device." + string(g.Kind) + ":" + o.Value, Text: o.Text, Checked: o.Value == g.Value,
				Do: func() { c.w.choose(g.Kind, o.Value) },
			})
		}
		if g.Kind == media.Speaker {
			items = append(items, c.volumeItem())
		}
	}
	widget.ShowMenu(c.w.main.Canvas(), c.devices, append(items, c.soundItems()...))
}

// volumeItem sets how loud the other side is here.
func (c *callView) volumeItem() widget.MenuItem {
	slider := c.w.volumeSlider("volume.", media.Speaker)
	for _, v := range c.w.model.Sound.Volumes {
		if v.Kind == media.Speaker {
			slider.Set(v.Level)
		}
	}
	return widget.MenuItem{Content: container.New(iconLine{}, widget.NewIcon("speaker", 18, look.Quiet), slider)}
}

// soundItems turn on and off what is done to our voice: music and loudspeakers need
// it otherwise than speech.
func (c *callView) soundItems() []widget.MenuItem {
	t := c.w.words
	items := []widget.MenuItem{{Text: t.Text("settings.sound")}}
	on := map[session.Stage]bool{}
	for _, s := range c.w.model.Sound.Switches {
		on[s.Stage] = s.On
	}
	for _, stage := range stages() {
		items = append(items, widget.MenuItem{
			ID: "sound." + string(stage), Text: t.Text("sound." + string(stage)), Checked: on[stage],
			Do: func() { c.w.post(session.Tune{Switches: map[session.Stage]bool{stage: !on[stage]}}) },
		})
	}
	return items
}
