package gallery

import (
	"context"
	"image"
	"image/color"
	"image/draw"
	"time"

	"parley/call"
	"parley/call/session"
	"parley/media"
)

// desktop is what can be shown in the pictures: a screen and some windows.
type desktop struct{ n names }

// Shareables implements ui.Desktop.
func (d desktop) Shareables(context.Context) ([]session.Shareable, error) {
	return []session.Shareable{
		{ID: "DP-1", Kind: session.ScreenShare, Title: "DP-1", Default: true},
		{ID: "HDMI-1", Kind: session.ScreenShare, Title: "HDMI-1"},
		{ID: "0x1", Kind: session.WindowShare, Title: d.n.document},
		{ID: "0x2", Kind: session.WindowShare, Title: "report.go — Parley"},
		{ID: "0x3", Kind: session.WindowShare, Title: "Parley"},
		{ID: "0x4", Kind: session.WindowShare, Title: d.n.document + " (2)"},
	}, nil
}

// Thumbnail implements ui.Desktop.
func (desktop) Thumbnail(_ context.Context, id string, size image.Point) (*image.RGBA, error) {
	if id == "0x3" { // a tall window
		size.X = size.Y * 2 / 3
	}
	picture := image.NewRGBA(image.Rectangle{Max: size})
	page(picture, id == "0x2" || id == "HDMI-1")
	return picture, nil
}

// Regions implements ui.Desktop.
func (desktop) Regions() bool { return true }

// PickRegion implements ui.Desktop. Nobody drags.
func (desktop) PickRegion(ctx context.Context) (string, error) {
	<-ctx.Done()
	return "", ctx.Err()
}

// page draws what could be a text.
func page(p *image.RGBA, dark bool) {
	paper, ink, head := color.RGBA{0xFA, 0xFA, 0xF7, 255}, color.RGBA{0x55, 0x55, 0x52, 255}, color.RGBA{0x2F, 0x6E, 0x8A, 255}
	if dark {
		paper, ink, head = color.RGBA{0x20, 0x24, 0x2B, 255}, color.RGBA{0xA9, 0xB4, 0xC0, 255}, color.RGBA{0xD9, 0x9E, 0x5B, 255}
	}
	size := p.Rect.Size()
	fill := func(r image.Rectangle, c color.RGBA) { draw.Draw(p, r, image.NewUniform(c), image.Point{}, draw.Src) }
	fill(p.Rect, paper)
	fill(image.Rect(0, 0, size.X, max(3, size.Y/16)), head)
	line := max(2, size.Y/40)
	for i := 0; (4*i+6)*line < size.Y; i++ {
		left, top := size.X/12, (4*i+5)*line
		width := size.X * (4 + (i*7)%5) / 12
		fill(image.Rect(left, top, left+width, top+line), ink)
	}
}

// shown draws what the own picture is while the screen is shown.
func shown(f *media.Frames) {
	page(f.Back(640, 360), false)
	f.Publish()
}

func sharing(n names) session.Snapshot {
	s := live(n, call.Active, media.Video)
	s.Sharing = session.Sharing{On: true, Target: "0x1", Name: n.document, Beside: true}
	return s
}

// shownTo is a call in which the other side shows a text beside its camera.
func shownTo(n names) session.Snapshot {
	s := live(n, call.Active, media.Video)
	s.SeesShare = true
	return s
}

// sharingOnly is sharing with somebody who takes one picture, in the camera's place.
func sharingOnly(n names) session.Snapshot {
	s := sharing(n)
	s.Sharing.Beside = false
	return s
}

// recording is a call that we record, while we show something.
func recording(n names) session.Snapshot {
	s := sharing(n)
	s.Recording = session.CallRecording{On: true, Since: now.Add(-47 * time.Second), Told: true}
	return s
}

// recorded is a call that the other side records.
func recorded(n names) session.Snapshot {
	s := live(n, call.Active, media.Video)
	s.Recording = session.CallRecording{Theirs: true, Told: true}
	return s
}

// shareGone is after the window that was shown was closed.
func shareGone(n names) session.Snapshot {
	s := live(n, call.Active, media.Video)
	s.Notices = []session.Notice{{Code: "shareGone", Since: now.Add(-time.Second)}}
	return s
}
