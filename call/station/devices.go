package station

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"parley/call/session"
	"parley/media"
	"parley/media/audio"
	"parley/media/camera"
	"parley/media/screen"
	"parley/media/tones"
)

// devices carries out what the session wants of camera, microphone and speaker.
// It implements session.Devices.
type devices struct {
	post    func(session.Input)
	log     *slog.Logger
	pending chan session.Wanted // at most one: the newest
	picture media.Feed
	pump    *camera.Pump // nil while no picture is wanted; owned by run
	choice  media.Choice // of camera; owned by run
	sound   desk         // owned by run, once it is open
	roll    roll         // of cameras and screens

	mu      sync.Mutex // guards the reports
	cameras []media.Device
	seen    camera.Report
	// presented is what is shown beside the camera
	presented camera.Report
	heard     audio.Report
	voice     session.Heard

	consent atomic.Pointer[screen.Consent]
	shares  atomic.Bool // something on the screen is to be the picture, instead of the camera
	onShow  atomic.Bool // the picture is of the screen
	smooth  atomic.Bool // what is shown moves, so that its frames matter more than its detail
	sharing bool        // something is to be shown; owned by run

	beside  presenter // of what is shown beside the camera
	passing passing   // from the camera's place to there

	openScreen func(context.Context, media.Choice) (camera.Source, error)
}

func newDevices(post func(session.Input), log *slog.Logger) *devices {
	notice := func(code string) { post(session.Noticed{Notice: session.Notice{Code: code}}) }
	d := &devices{post: post, log: log, pending: make(chan session.Wanted, 1), sound: desk{log: log, notice: notice, tested: make(chan struct{}, 1)}}
	d.openScreen = d.screenOf
	d.consent.Store(&screen.Consent{})
	d.roll = newRoll(d.lists)
	return d
}

// open readies the devices without using any. Reports begin.
func (d *devices) open(chosen map[media.DeviceKind]media.Choice, sound session.Sound) {
	if err := camera.Drivers(); err != nil {
		d.log.Warn("built without cameras", "err", err)
	}
	d.choice = chosen[media.Camera]
	d.sound.open(chosen, sound, d.hears)
}

// Apply implements session.Devices.
func (d *devices) Apply(w session.Wanted) {
	for {
		select {
		case d.pending <- w:
			return
		case <-d.pending: // overtaken
		}
	}
}

// run follows what is wanted until ctx is done, then closes the devices. Frames
// of the camera are shown to mirror, if it is not nil, and those of what is shown
// beside it to preview.
func (d *devices) run(ctx context.Context, mirror, preview media.VideoSink) {
	var showing sync.WaitGroup
	d.beside.run(ctx, &showing, preview)
	showing.Go(func() { d.roll.run(ctx) })
	if mirror != nil {
		reader := d.picture.Read()
		defer reader.Close()
		showing.Go(func() { show(ctx, reader, mirror) })
	}
	beat := time.NewTicker(listenEvery)
	defer beat.Stop()
	for ctx.Err() == nil {
		if !d.sound.busy() {
			beat.Stop()
		}
		select {
		case <-ctx.Done():
		case w := <-d.pending:
			d.follow(w)
			beat.Reset(listenEvery)
		case now := <-beat.C:
			d.listen(now)
		case <-d.sound.tested:
			d.listen(time.Now())
		}
	}
	d.film(session.Wanted{})
	if err := d.sound.close(); err != nil {
		d.log.Warn("the sound device did not close", "err", err)
	}
	showing.Wait()
}

func (d *devices) follow(w session.Wanted) {
	if choice, said := w.Chosen[media.Camera]; said {
		d.choice = choice
	}
	d.sound.follow(w)
	d.film(w)
}

// detailed reports whether the picture is of text and drawings, as far as is known.
func (d *devices) detailed() bool { return d.onShow.Load() && !d.smooth.Load() }

// listen reports what the sound has changed to by itself.
func (d *devices) listen(now time.Time) {
	if !d.sound.listen(now) {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.voice = d.sound.heard
	d.report()
}

// film does what is wanted of the picture, and of what is shown beside it.
func (d *devices) film(w session.Wanted) {
	choice, format := asked(d.choice)
	muted := w.MuteVideo
	d.smooth.Store(w.Smooth)
	if w.Sharing && !d.sharing {
		d.consent.Store(&screen.Consent{}) // a desktop that asks shall ask again
	}
	d.sharing = w.Sharing
	inPlace, shared := w.Sharing && !w.Beside, session.ShareChoice(w.Target)
	switch was := d.shares.Swap(inPlace); {
	case inPlace:
		choice, muted = shared, false
	case was && w.Sharing && choice != shared:
		d.passing.begin(shared)
	}
	d.roll.use(w.Camera)
	as := camera.Settings{Feed: &d.picture, Choice: choice, Format: format, Muted: muted, Open: d.openPicture, Report: d.sees}
	if w.Sharing && w.Beside {
		d.capture(w.Camera, as)
		d.present(w) // which waits for what the camera's pump lets go of
	} else {
		d.present(w) // which has let the screen go then
		d.capture(w.Camera, as)
	}
}

// capture starts, adjusts or ends the camera's pump.
func (d *devices) capture(on bool, as camera.Settings) {
	wanted := on && as.Choice != media.Off
	switch {
	case wanted && d.pump == nil:
		d.pump = camera.Start(as)
	case wanted:
		d.pump.ChooseIn(as.Choice, as.Format)
		d.pump.Mute(as.Muted)
	case d.pump != nil:
		if err := d.pump.Close(); err != nil {
			d.log.Warn("the camera did not close", "err", err)
		}
		d.pump = nil
		d.sees(camera.Report{})
	}
}

// asked splits a choice of camera into what is chosen and the format that is asked
// for. Something on the screen has its own, and names that may end like one.
func asked(c media.Choice) (media.Choice, camera.Format) {
	if isScreen(c) {
		return c, camera.Format{}
	}
	return camera.Asked(c)
}

func tone(t session.Tone) tones.Tone {
	switch t {
	case session.NoTone:
	case session.RingTone: // has a device of its own
	case session.RingBack:
		return tones.RingBack
	case session.BusyTone:
		return tones.Busy
	case session.HangupTone:
		return tones.Hangup
	}
	return tones.None
}

// show hands the newest frames to sink until ctx is done.
func show(ctx context.Context, reader *media.Reader, sink media.VideoSink) {
	for {
		f, err := reader.Next(ctx)
		if err != nil {
			return
		}
		sink.Show(f)
		f.Release()
	}
}

// lists, sees and hears take the reports of the list of cameras, the camera and sound,
// and pass them on as one.
func (d *devices) lists(now []media.Device) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cameras = now
	d.report()
}

func (d *devices) sees(r camera.Report) {
	d.roll.call() // it may have come, or gone
	d.mu.Lock()
	defer d.mu.Unlock()
	d.seen = r
	d.onShow.Store(r.Using != "" && isScreen(r.Choice))
	if n, final := shareEnded(r); final || n.Code != "" && d.shares.Load() {
		d.seen = camera.Report{} // said once is enough
		d.post(session.ShareEnded{Choice: r.Choice, Notice: n})
	}
	d.report()
}

func (d *devices) hears(r audio.Report) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.heard = r
	d.report()
}

// report is called with mu held, so that reports keep their order.
func (d *devices) report() {
	out := session.DeviceReport{Using: map[media.DeviceKind]string{}, Sound: d.voice}
	switch {
	case d.presented.Using != "":
		out.Shared, out.Sharing = d.presented.Using, d.presented.Choice
	case d.onShow.Load():
		out.Shared, out.Sharing = d.seen.Using, d.seen.Choice
	}
	out.Devices = append(append(out.Devices, d.cameras...), d.heard.Devices...)
	filmed := d.seen.Using
	if d.shares.Load() {
		filmed = "" // the camera is closed
	}
	for kind, name := range map[media.DeviceKind]string{
		media.Camera: filmed, media.Microphone: d.heard.Microphone, media.Speaker: d.heard.Speaker,
		media.Ringer: d.heard.Ringer,
	} {
		if name != "" {
			out.Using[kind] = name
		}
	}
	if d.seen.Err != nil {
		out.Notices = append(out.Notices, cameraNotice(d.seen))
	}
	for _, p := range d.heard.Problems {
		n := soundNotice(p)
		said := func(o session.Notice) bool { return o.Code == n.Code } // one cause for microphone and speaker
		if !slices.ContainsFunc(out.Notices, said) {
			out.Notices = append(out.Notices, n)
		}
	}
	d.post(out)
}

func cameraNotice(r camera.Report) session.Notice {
	if path, ok := r.Choice.File(); ok {
		return session.Notice{Code: "cameraFile", Args: map[string]string{"path": path}, Err: r.Err}
	}
	if r.Choice != media.DefaultDevice && (errors.Is(r.Err, camera.ErrNoCamera) || errors.Is(r.Err, screen.ErrNoScreen)) {
		return session.Notice{Code: "cameraMissing", Args: map[string]string{"name": camera.NameIn(r.Choice)}, Err: r.Err}
	}
	return session.Notice{Code: cameraCode(r.Err), Err: r.Err}
}

func cameraCode(err error) string {
	switch {
	case errors.Is(err, camera.ErrNoCamera), errors.Is(err, camera.ErrNoDriver):
		return "noCamera"
	case errors.Is(err, screen.ErrNoDriver):
		return "noScreen"
	case errors.Is(err, camera.ErrBusy):
		return "cameraBusy"
	case errors.Is(err, camera.ErrGone):
		return "cameraLost"
	case errors.Is(err, camera.ErrDenied):
		return "cameraDenied"
	}
	return "cameraFailed"
}

func soundNotice(p audio.Problem) session.Notice {
	if path, ok := strings.CutPrefix(p.Name, "file:"); ok {
		return session.Notice{Code: string(p.Kind) + "File", Args: map[string]string{"path": path}, Err: p}
	}
	n := session.Notice{Code: string(p.Kind) + "Failed", Args: map[string]string{"name": p.Name}, Err: p}
	switch {
	case errors.Is(p, audio.ErrNoSoundServer):
		n.Code = "noSoundServer"
	case errors.Is(p, audio.ErrNoDevices):
		n.Code = "noSoundDevices"
	case errors.Is(p, audio.ErrNoMicrophone):
		n.Code = "noMicrophone"
	case errors.Is(p, audio.ErrNoSpeaker):
		n.Code = "noSpeaker"
	case errors.Is(p, audio.ErrNotConnected):
		n.Code = string(p.Kind) + "Lost"
	}
	return n
}
