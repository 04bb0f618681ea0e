package station

import (
	"context"
	"errors"
	"sync"
	"time"

	"parley/call/session"
	"parley/media"
	"parley/media/camera"
)

// blankEvery is how often the other side is told that nothing is shown any more.
const blankEvery = time.Second

// presenter publishes what is shown of the screen beside the camera, and nothing
// of what a pump shows in its place while it opens or cannot be captured. Once
// something was shown in a call, it says so again and again when nothing is any
// more, with pictures of media.BlankSide: see peer.Sources.
type presenter struct {
	pump *camera.Pump // nil while nothing is to be shown; owned by devices.run
	from media.Feed   // what the pump publishes
	to   media.Feed   // what goes out

	mu    sync.Mutex
	live  bool // the pump shows what it shall
	told  bool // something was shown in this call
	pool  media.Pool
	count uint64 // of blank pictures
}

// run starts the goroutines that publish until ctx is done. What is shown is given
// to preview, too, unless that is nil.
func (p *presenter) run(ctx context.Context, all *sync.WaitGroup, preview media.VideoSink) {
	reader := p.from.Read()
	all.Go(func() {
		defer reader.Close()
		for {
			f, err := reader.Next(ctx)
			if err != nil {
				return
			}
			if p.pass(f) && preview != nil {
				preview.Show(f)
			}
			f.Release()
		}
	})
	all.Go(func() {
		ticker := time.NewTicker(blankEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case now := <-ticker.C:
				p.blank(now)
			}
		}
	})
}

// pass publishes a frame, unless it is only a stand-in.
func (p *presenter) pass(f *media.Frame) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.live {
		p.told = true
		p.to.Publish(f.Retain())
	}
	return p.live
}

// blank says that nothing is shown, where something was.
func (p *presenter) blank(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.live || !p.told {
		return
	}
	f := p.pool.Get(media.BlankSide, media.BlankSide)
	for _, plane := range [][]byte{f.Image.Y, f.Image.Cb, f.Image.Cr} {
		for i := range plane {
			plane[i] = 128
		}
	}
	p.count++
	f.Captured, f.Number = now, p.count
	p.to.Publish(f)
}

// turn says whether the pump shows what it shall, and whether there is a call or
// preview still.
func (p *presenter) turn(live, goesOn bool) {
	p.mu.Lock()
	ends := p.live && !live
	p.live = live
	p.told = p.told && goesOn
	p.mu.Unlock()
	if ends {
		p.blank(time.Now())
	}
}

// present starts, adjusts or ends the pump of what is shown beside the camera.
func (d *devices) present(w session.Wanted) {
	p, choice := &d.beside, session.ShareChoice(w.Target)
	wanted := w.Camera && w.Sharing && w.Beside
	switch {
	case wanted && p.pump == nil:
		p.pump = camera.Start(camera.Settings{Feed: &p.from, Choice: choice, Open: d.openBeside, Report: d.presents})
	case wanted:
		p.pump.Choose(choice)
	case p.pump != nil:
		if err := errors.Join(p.pump.Close(), d.passing.end()); err != nil {
			d.log.Warn("what was shown did not close", "err", err)
		}
		p.pump = nil
		d.presents(camera.Report{})
	}
	if !w.Camera {
		p.turn(false, false)
	}
}

// presents takes the reports of the pump of what is shown beside the camera.
func (d *devices) presents(r camera.Report) {
	d.beside.turn(r.Using != "", true)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.presented = r
	if n, _ := shareEnded(r); n.Code != "" {
		d.presented = camera.Report{}
		d.post(session.ShareEnded{Choice: r.Choice, Notice: n})
	}
	d.report()
}
