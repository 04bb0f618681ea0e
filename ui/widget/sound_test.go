package widget

import (
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"parley/ui/look"
)

func TestToggle_ByPointerAndKeys(t *testing.T) {
	var told []bool
	toggle := NewToggle("echo", "Echo", func(on bool) { told = append(told, on) })
	c := putInWindow(t, toggle)
	test.Tap(toggle)
	c.Focus(toggle)
	toggle.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	toggle.Set(true) // tells nobody
	if len(told) != 2 || !told[0] || told[1] || !toggle.On() {
		t.Errorf("told %v, on %v", told, toggle.On())
	}
	toggle.Disable()
	test.Tap(toggle)
	if len(told) != 2 {
		t.Error("a disabled toggle changes")
	}
}

func TestSlider_ByPointerAndKeys(t *testing.T) {
	var told []float64
	slider := NewSlider("volume", "Volume", func(v float64) { told = append(told, v) })
	c := putInWindow(t, slider)
	width := slider.Size().Width
	slider.Tapped(&fyne.PointEvent{Position: fyne.NewPos(width/2, 5)})
	slider.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(2*width, 5)}})
	slider.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(-width, 5)}})
	c.Focus(slider)
	for _, key := range []fyne.KeyName{fyne.KeyRight, fyne.KeyLeft, fyne.KeyLeft, fyne.KeyEnd, fyne.KeyHome} {
		slider.TypedKey(&fyne.KeyEvent{Name: key})
	}
	want := []float64{0.5, 1, 0, 0.05, 0, 1, 0} // the second Left finds it at 0 already
	if len(told) != len(want) {
		t.Fatalf("told %v, want %v", told, want)
	}
	for i, v := range want {
		if math.Abs(told[i]-v) > 1e-9 {
			t.Errorf("value %d is %v, want %v", i, told[i], v)
		}
	}
	slider.Set(math.NaN())
	if v := slider.Value(); v < 0 || v > 1 {
		t.Errorf("a value of %v", v)
	}
}

func TestMeter_IsInDecibels(t *testing.T) {
	const bars = 24
	m := NewMeter("level", "Level", bars)
	putInWindow(t, m)
	for _, c := range []struct {
		level float64
		lit   int
	}{{0, 0}, {math.NaN(), 0}, {-1, 0}, {0.001, 0}, {0.0316, bars / 2}, {1, bars}, {math.Inf(1), bars}} {
		m.SetLevel(c.level)
		if m.Lit() != c.lit {
			t.Errorf("a level of %v lights %d bars, want %d", c.level, m.Lit(), c.lit)
		}
	}
	r := test.WidgetRenderer(m).(*meterRenderer)
	if first, last := r.bars[0].Color, r.bars[bars-1].Color; first != look.Accept || last != look.HangUp {
		t.Errorf("at full scale the bars are %v to %v", first, last)
	}
}
