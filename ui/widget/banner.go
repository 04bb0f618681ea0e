package widget

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynewidget "fyne.io/fyne/v2/widget"

	"parley/ui/look"
)

// BannerData is one sentence for the user, with what can be done about it.
type BannerData struct {
	Key     string // tells banners apart; part of the ids
	Text    string
	Detail  string // a quiet second line
	Icon    string
	Action  string // label of the button, "" for none
	Dismiss string // name of the closing button, "" when it leaves by itself
}

// widestBanner keeps a sentence readable.
const widestBanner float32 = 600

// Banners is a column of sentences, in the middle of whatever width it gets.
type Banners struct {
	fynewidget.BaseWidget
	data    []BannerData
	act     func(key string)
	dismiss func(key string)
	width   float32
	box     *fyne.Container
}

// NewBanners returns an empty column. act and dismiss are told the key.
func NewBanners(act, dismiss func(key string)) *Banners {
	b := &Banners{act: act, dismiss: dismiss, width: widestBanner, box: Column(look.Space8)}
	b.ExtendBaseWidget(b)
	return b
}

// Set shows other sentences.
func (b *Banners) Set(data []BannerData) {
	if slices.Equal(b.data, data) {
		return
	}
	b.data = data
	b.build()
	b.Refresh()
}

// Resize breaks the sentences anew when the width changes.
func (b *Banners) Resize(size fyne.Size) {
	if width := min(size.Width, widestBanner); width != b.width && width > 0 {
		b.width = width
		b.build()
	}
	b.BaseWidget.Resize(size)
}

func (b *Banners) build() {
	b.box.Objects = nil
	for _, d := range b.data {
		b.box.Add(b.banner(d))
	}
	b.box.Refresh()
}

func (b *Banners) banner(d BannerData) fyne.CanvasObject {
	room := b.width - 20 - look.Space8 - look.Space12 - look.Space8 - look.Space8
	var buttons []fyne.CanvasObject
	if d.Action != "" {
		button := NewButton("banner.act:"+d.Key, "", d.Action, Soft, func() { b.act(d.Key) })
		buttons = append(buttons, button)
		room -= button.MinSize().Width + look.Space8
	}
	if d.Dismiss != "" {
		buttons = append(buttons, NewIconButton("banner.dismiss:"+d.Key, "close", d.Dismiss, func() { b.dismiss(d.Key) }))
		room -= buttonHeight + look.Space8
	}
	texts := []fyne.CanvasObject{Paragraph(d.Text, look.Body, look.Text, room)}
	if d.Detail != "" {
		texts = append(texts, Paragraph(d.Detail, look.Hint, look.Quiet, room))
	}
	middle := container.New(layout.NewVBoxLayout(), layout.NewSpacer(), Column(2, texts...), layout.NewSpacer())
	line := Line(look.Space8, NewIcon(d.Icon, 20, look.Warning), middle, layout.NewSpacer())
	for _, button := range buttons {
		line.Add(container.NewCenter(button))
	}
	ground := NewFill(look.Surface, look.Corner)
	ground.Edge, ground.Raised = look.Line, true
	return container.NewStack(ground, newShield(), Padded(look.Space8, look.Space8, look.Space12, look.Space8, line))
}

// Parts returns the sentences.
func (b *Banners) Parts() []fyne.CanvasObject { return []fyne.CanvasObject{b.box} }

// CreateRenderer is for Fyne.
func (b *Banners) CreateRenderer() fyne.WidgetRenderer { return &bannersRenderer{b} }

type bannersRenderer struct{ banners *Banners }

func (r *bannersRenderer) Destroy()                     {}
func (r *bannersRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.banners.box} }
func (r *bannersRenderer) Refresh()                     { r.Layout(r.banners.Size()) }

func (r *bannersRenderer) MinSize() fyne.Size {
	if len(r.banners.data) == 0 {
		return fyne.Size{}
	}
	return fyne.NewSize(200, r.banners.box.MinSize().Height)
}

func (r *bannersRenderer) Layout(size fyne.Size) {
	width := min(size.Width, widestBanner)
	put(r.banners.box, (size.Width-width)/2, 0, width, r.banners.box.MinSize().Height)
}
