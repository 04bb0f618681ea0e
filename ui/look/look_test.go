package look_test

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"parley/ui/look"
)

// luminance is the relative luminance of WCAG 2.2.
func luminance(c color.Color) float64 {
	linear := func(v uint32) float64 {
		s := float64(v) / 0xffff
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	r, g, b, _ := c.RGBA()
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestContrast(t *testing.T) {
	text := [][2]fyne.ThemeColorName{
		{look.Text, look.Ground},
		{look.Text, look.Surface},
		{look.Text, look.Tint},
		{look.Quiet, look.Ground},
		{look.Quiet, look.Surface},
		{look.Accent, look.Ground},
		{look.Accent, look.Surface},
		{look.Accent, look.Tint},
		{look.OnAccent, look.Accent},
		{look.OnAccept, look.Accept},
		{look.OnHangUp, look.HangUp},
		{look.HangUp, look.Ground},
		{look.HangUp, look.Surface},
		{look.Warning, look.Ground},
		{look.Warning, look.Surface},
		{look.OnStage, look.Stage},
		{look.QuietOn, look.Stage},
		{look.OnTip, look.Tip},
	}
	edges := [][2]fyne.ThemeColorName{
		{look.Edge, look.Ground},
		{look.Edge, look.Surface},
		{look.Focus, look.Ground},
		{look.OnStage, look.Control},
		{look.OnStage, look.ControlIn},
		{look.OnStage, look.StageHang},
		{look.OnToggled, look.Toggled},
		{look.Accept, look.Surface},
	}
	for _, mode := range []look.Mode{look.Light, look.Dark} {
		th := look.New(mode)
		check := func(pairs [][2]fyne.ThemeColorName, least float64) {
			for _, p := range pairs {
				a, b := th.Color(p[0], theme.VariantLight), th.Color(p[1], theme.VariantLight)
				if got := contrast(a, b); got < least {
					t.Errorf("%s: %s on %s has a contrast of %.2f, want at least %.1f", mode, p[0], p[1], got, least)
				}
			}
		}
		check(text, 4.5)
		check(edges, 3)
	}
}

func TestModes(t *testing.T) {
	dark, light := theme.VariantDark, theme.VariantLight
	for _, c := range []struct {
		mode    look.Mode
		variant fyne.ThemeVariant
		like    fyne.ThemeVariant
	}{
		{look.Light, dark, light},
		{look.Dark, light, dark},
		{look.System, dark, dark},
		{look.System, light, light},
		{"", dark, dark},
	} {
		got := look.New(c.mode).Color(look.Ground, c.variant)
		if want := look.New(look.System).Color(look.Ground, c.like); got != want {
			t.Errorf("mode %q in a %v system: ground is %v, want %v", c.mode, c.variant, got, want)
		}
	}
}
