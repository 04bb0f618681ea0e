package widget

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynewidget "fyne.io/fyne/v2/widget"

	"parley/ui/look"
)

// Icon is one of the program's icons in a theme colour.
type Icon struct {
	fynewidget.BaseWidget
	Name  string
	Color fyne.ThemeColorName
	side  float32
}

// NewIcon returns an icon of side by side.
func NewIcon(name string, side float32, color fyne.ThemeColorName) *Icon {
	i := &Icon{Name: name, Color: color, side: side}
	i.ExtendBaseWidget(i)
	return i
}

// Set shows another icon or colour.
func (i *Icon) Set(name string, color fyne.ThemeColorName) {
	if i.Name != name || i.Color != color {
		i.Name, i.Color = name, color
		i.Refresh()
	}
}

// MinSize returns the side.
func (i *Icon) MinSize() fyne.Size { return fyne.NewSquareSize(i.side) }

// CreateRenderer is for Fyne. The icon is drawn at the very pixels that it covers,
// which are known only when it is painted.
func (i *Icon) CreateRenderer() fyne.WidgetRenderer {
	r := &iconRenderer{icon: i}
	r.raster = canvas.NewRaster(func(width, height int) image.Image {
		side := min(width, height)
		weight := max(1, i.side/28) // large icons get bolder lines
		return look.DrawIcon(i.Name, look.Of(i.Color), side, weight*float32(side)/i.side)
	})
	return r
}

type iconRenderer struct {
	icon   *Icon
	raster *canvas.Raster
}

func (r *iconRenderer) Destroy()                     {}
func (r *iconRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.raster} }
func (r *iconRenderer) MinSize() fyne.Size           { return r.icon.MinSize() }
func (r *iconRenderer) Refresh()                     { r.raster.Refresh() }

func (r *iconRenderer) Layout(size fyne.Size) {
	side := min(r.icon.side, size.Width, size.Height)
	r.raster.Resize(fyne.NewSquareSize(side))
	r.raster.Move(fyne.NewPos((size.Width-side)/2, (size.Height-side)/2))
}

// Fill is a rectangle in theme colours. Zero colours are not drawn.
type Fill struct {
	fynewidget.BaseWidget
	Color  fyne.ThemeColorName
	Edge   fyne.ThemeColorName
	Corner float32
	Raised bool // casts a shadow
}

// NewFill returns a rectangle without an edge.
func NewFill(color fyne.ThemeColorName, corner float32) *Fill {
	f := &Fill{Color: color, Corner: corner}
	f.ExtendBaseWidget(f)
	return f
}

// Paint changes the colour.
func (f *Fill) Paint(color fyne.ThemeColorName) {
	if f.Color != color {
		f.Color = color
		f.Refresh()
	}
}

// CreateRenderer is for Fyne.
func (f *Fill) CreateRenderer() fyne.WidgetRenderer {
	r := &fillRenderer{fill: f, rect: canvas.NewRectangle(color.Transparent)}
	r.Refresh()
	return r
}

type fillRenderer struct {
	fill *Fill
	rect *canvas.Rectangle
}

func (r *fillRenderer) Destroy()                     {}
func (r *fillRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.rect} }
func (r *fillRenderer) MinSize() fyne.Size           { return fyne.Size{} }
func (r *fillRenderer) Layout(size fyne.Size)        { r.rect.Resize(size) }

func (r *fillRenderer) Refresh() {
	f := r.fill
	r.rect.FillColor, r.rect.StrokeColor, r.rect.StrokeWidth = color.Transparent, color.Transparent, 0
	if f.Color != "" {
		r.rect.FillColor = look.Of(f.Color)
	}
	if f.Edge != "" {
		r.rect.StrokeColor, r.rect.StrokeWidth = look.Of(f.Edge), 1
	}
	if f.Raised {
		r.rect.Shadow = canvas.Shadow{Color: look.Of(look.Shadow), BlurRadius: 24, Offset: fyne.NewPos(0, 6)}
	}
	r.rect.CornerRadius = f.Corner
	r.rect.Refresh()
}

// Rule returns a thin line across.
func Rule() fyne.CanvasObject {
	return container.New(fixed{height: 1}, NewFill(look.Line, 0))
}

// Inset returns content with the same space on all sides.
func Inset(space float32, content fyne.CanvasObject) *fyne.Container {
	return Padded(space, space, space, space, content)
}

// Padded returns content with space around it.
func Padded(top, bottom, left, right float32, content fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedLayout(top, bottom, left, right), content)
}

// Column puts objects below each other, gap apart.
func Column(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedVBoxLayout(gap), objects...)
}

// Line puts objects beside each other, gap apart, each as high as the highest.
func Line(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedHBoxLayout(gap), objects...)
}

// Beside gives the left one all the room that the right one leaves.
func Beside(left, right fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewBorderLayout(nil, nil, nil, right), left, right)
}

// Centered returns content in the middle of whatever room there is.
func Centered(content fyne.CanvasObject) *fyne.Container { return container.NewCenter(content) }

// Card puts content on a surface with round corners.
func Card(content fyne.CanvasObject) *fyne.Container {
	fill := NewFill(look.Surface, look.Corner)
	fill.Edge = look.Line
	return container.NewStack(fill, content)
}

// Sized returns content with a width and height of its own; zero leaves the
// content's.
func Sized(width, height float32, content fyne.CanvasObject) *fyne.Container {
	return container.New(fixed{width: width, height: height}, content)
}

type fixed struct{ width, height float32 }

func (f fixed) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.Size{}
	for _, o := range objects {
		size = size.Max(o.MinSize())
	}
	if f.width > 0 {
		size.Width = f.width
	}
	if f.height > 0 {
		size.Height = f.height
	}
	return size
}

func (f fixed) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
		o.Move(fyne.Position{})
	}
}

// Framed puts content into the frame of a field.
func Framed(content fyne.CanvasObject) *fyne.Container {
	fill := NewFill(look.Ground, look.Corner)
	fill.Edge = look.Line
	return container.NewStack(fill, content)
}

// NewPicture returns an image of side by side.
func NewPicture(resource fyne.Resource, side float32) fyne.CanvasObject {
	image := canvas.NewImageFromResource(resource)
	image.FillMode = canvas.ImageFillContain
	return Sized(side, side, image)
}
