package widget

import (
	"math"

	"fyne.io/fyne/v2"
	fynewidget "fyne.io/fyne/v2/widget"

	"parley/ui/look"
)

// A meter's scale is in decibels, as loudness is heard: from silence at meterFloor
// to full scale, and what is above meterHigh is too loud.
const (
	meterFloor = -60.0 // dBFS
	meterHigh  = -6.0
	barGap     = 2
)

// Meter shows how loud a sound is, by a row of bars. The last few, in another
// colour and after a gap, say that it is too loud.
type Meter struct {
	fynewidget.BaseWidget
	id, name string
	bars     int
	lit      int  // of bars
	Stage    bool // it stands on video
}

// NewMeter returns a meter of that many bars, which shows silence. name is what a
// screen reader says.
func NewMeter(id, name string, bars int) *Meter {
	m := &Meter{id: id, name: name, bars: bars}
	m.ExtendBaseWidget(m)
	return m
}

// ID returns the name that never changes.
func (m *Meter) ID() string { return m.id }

// AccessibilityLabel returns the name in the user's language.
func (m *Meter) AccessibilityLabel() string { return m.name }

// AccessibilityRole says what it is.
func (m *Meter) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// SetLevel shows a root mean square or peak of 0 to 1, full scale. It draws
// nothing while as many bars stay lit.
func (m *Meter) SetLevel(level float64) {
	lit := int(math.Round(float64(m.bars) * Loudness(level)))
	if m.lit != lit {
		m.lit = lit
		m.Refresh()
	}
}

// Lit returns how many bars are lit.
func (m *Meter) Lit() int { return m.lit }

// Loudness is where a level stands on a scale of decibels from silence to full
// scale, 0 to 1.
func Loudness(level float64) float64 {
	if !(level > 0) { // not a number, either
		return 0
	}
	return min(max(1-20*math.Log10(level)/meterFloor, 0), 1)
}

// CreateRenderer is for Fyne.
func (m *Meter) CreateRenderer() fyne.WidgetRenderer {
	r := &meterRenderer{meter: m, bars: make([]*Fill, m.bars)}
	for i := range r.bars {
		r.bars[i] = NewFill(look.Line, 1)
	}
	r.Refresh()
	return r
}

type meterRenderer struct {
	meter *Meter
	bars  []*Fill
}

func (r *meterRenderer) Destroy() {}
func (r *meterRenderer) MinSize() fyne.Size {
	return fyne.NewSize(float32(r.meter.bars)*(3+barGap), 12)
}

func (r *meterRenderer) Objects() []fyne.CanvasObject {
	out := make([]fyne.CanvasObject, len(r.bars))
	for i, bar := range r.bars {
		out[i] = bar
	}
	return out
}

func (r *meterRenderer) Layout(size fyne.Size) {
	width := (size.Width + barGap) / float32(len(r.bars))
	for i, bar := range r.bars {
		put(bar, float32(i)*width, 0, max(width-barGap, 1), size.Height)
	}
}

func (r *meterRenderer) Refresh() {
	off := look.Line
	if r.meter.Stage {
		off = look.Control
	}
	for i, bar := range r.bars {
		switch {
		case i >= r.meter.lit:
			bar.Paint(off)
		case Loudness(math.Pow(10, meterHigh/20))*float64(r.meter.bars) <= float64(i):
			bar.Paint(look.HangUp)
		default:
			bar.Paint(look.Accept)
		}
	}
}
