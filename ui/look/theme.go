// Package look is how the program looks: its colours in light and dark, its
// measures, its type and its icons, as a Fyne theme. It may import Fyne (not
// fyne/v2/app), the assets and the standard library.
package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"parley/assets/fonts"
)

// Mode tells whether the window is light, dark, or as the system wants.
type Mode string

// The modes.
const (
	System Mode = "system"
	Light  Mode = "light"
	Dark   Mode = "dark"
)

// Spacing, corners and type sizes, in Fyne's device independent pixels.
const (
	Space4  float32 = 4
	Space8  float32 = 8
	Space12 float32 = 12
	Space16 float32 = 16 // content never comes closer to a window's edge
	Space24 float32 = 24
	Space32 float32 = 32

	Corner float32 = 12 // of cards, tiles and popups

	Hint   float32 = 12
	Body   float32 = 14
	Name   float32 = 16
	Title  float32 = 20
	Caller float32 = 28
)

// Theme is the program's Fyne theme.
type Theme struct{ mode Mode }

var _ fyne.Theme = Theme{}

// New returns the theme for a mode; an unknown mode counts as System.
func New(mode Mode) Theme { return Theme{mode: mode} }

// Color returns the colour of name, in the theme's own variant unless it follows
// the system.
func (t Theme) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	switch t.mode {
	case Light:
		variant = theme.VariantLight
	case Dark:
		variant = theme.VariantDark
	case System:
	}
	if c, ok := palette(variant)[name]; ok {
		return c
	}
	return theme.DefaultTheme().Color(name, variant)
}

// Font returns the program's own family for all but monospace and symbols.
func (t Theme) Font(style fyne.TextStyle) fyne.Resource {
	switch {
	case style.Monospace, style.Symbol:
		return theme.DefaultTheme().Font(style)
	case style.Bold:
		return boldFont
	}
	return regularFont
}

// Icon returns Fyne's own icons, which only its standard widgets use.
func (t Theme) Icon(name fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(name) }

// Size returns the measures that Fyne's standard widgets use.
func (t Theme) Size(name fyne.ThemeSizeName) float32 {
	if s, ok := sizes[name]; ok {
		return s
	}
	return theme.DefaultTheme().Size(name)
}

// Resources are compared by identity in Fyne's font cache, so there is one each.
var (
	regularFont = fyne.NewStaticResource("ParleySans-Regular.otf", fonts.Regular())
	boldFont    = fyne.NewStaticResource("ParleySans-Bold.otf", fonts.Bold())
)

var sizes = map[fyne.ThemeSizeName]float32{
	theme.SizeNamePadding:            Space4,
	theme.SizeNameInnerPadding:       10,
	theme.SizeNameText:               Body,
	theme.SizeNameCaptionText:        Hint,
	theme.SizeNameSubHeadingText:     Name,
	theme.SizeNameHeadingText:        Title,
	theme.SizeNameInputRadius:        Corner,
	theme.SizeNameSelectionRadius:    Space8,
	theme.SizeNameInputBorder:        1,
	theme.SizeNameSeparatorThickness: 1,
	theme.SizeNameScrollBar:          8,
	theme.SizeNameScrollBarSmall:     4,
	theme.SizeNameLineSpacing:        Space4,
}
