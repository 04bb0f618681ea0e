package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// The colours by what they are for. Where Fyne's widgets have the same idea the
// name is theirs, so that both look alike.
const (
	Ground   = theme.ColorNameBackground
	Surface  = theme.ColorNameOverlayBackground // cards, popups
	Text     = theme.ColorNameForeground
	Quiet    = theme.ColorNamePlaceHolder
	Line     = theme.ColorNameSeparator
	Edge     = theme.ColorNameInputBorder // of controls: 3:1 on ground and surface
	Accent   = theme.ColorNamePrimary
	OnAccent = theme.ColorNameForegroundOnPrimary
	Accept   = theme.ColorNameSuccess
	OnAccept = theme.ColorNameForegroundOnSuccess
	HangUp   = theme.ColorNameError
	OnHangUp = theme.ColorNameForegroundOnError
	Warning  = theme.ColorNameWarning
	Hover    = theme.ColorNameHover
	Pressed  = theme.ColorNamePressed
	Focus    = theme.ColorNameFocus
	Selected = theme.ColorNameSelection
	Shadow   = theme.ColorNameShadow
	Ease     = theme.ColorNameButton // under buttons that do not press
	Off      = theme.ColorNameDisabledButton
	OnOff    = theme.ColorNameDisabled
	Input    = theme.ColorNameInputBackground

	Scrim     fyne.ThemeColorName = "parley.scrim"     // over the window, under a sheet
	Tint      fyne.ThemeColorName = "parley.tint"      // quiet accent: avatars, tab in use
	Stage     fyne.ThemeColorName = "parley.stage"     // behind video
	OnStage   fyne.ThemeColorName = "parley.onStage"   // text and icons on video
	QuietOn   fyne.ThemeColorName = "parley.quietOn"   // less of it
	Control   fyne.ThemeColorName = "parley.control"   // round buttons on video
	ControlIn fyne.ThemeColorName = "parley.controlIn" // with the pointer over it
	Toggled   fyne.ThemeColorName = "parley.toggled"   // switched to an unusual state, like muted
	OnToggled fyne.ThemeColorName = "parley.onToggled"
	StageHang fyne.ThemeColorName = "parley.stageHang"
	Veil      fyne.ThemeColorName = "parley.veil" // dims the last picture while reconnecting
	Tip       fyne.ThemeColorName = "parley.tip"
	OnTip     fyne.ThemeColorName = "parley.onTip"
)

// Of returns a colour of the current theme and variant.
func Of(name fyne.ThemeColorName) color.Color { return theme.Color(name) }

func palette(v fyne.ThemeVariant) map[fyne.ThemeColorName]color.Color {
	if v == theme.VariantDark {
		return dark
	}
	return light
}

func rgb(hex uint32) color.Color { return rgba(hex, 0xff) }

func rgba(hex uint32, alpha uint8) color.Color {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: alpha}
}

var light = with(map[fyne.ThemeColorName]color.Color{
	Ground:   rgb(0xF7F7F5),
	Surface:  rgb(0xFFFFFF),
	Text:     rgb(0x1C1C1A),
	Quiet:    rgb(0x6B6B66),
	Line:     rgb(0xE4E4DF),
	Edge:     rgb(0x8C8C86),
	Accent:   rgb(0x0B6E63),
	OnAccent: rgb(0xFFFFFF),
	Accept:   rgb(0x187A43),
	OnAccept: rgb(0xFFFFFF),
	HangUp:   rgb(0xC8352B),
	OnHangUp: rgb(0xFFFFFF),
	Warning:  rgb(0x9A6700),
	Hover:    rgba(0x1C1C1A, 0x0D),
	Pressed:  rgba(0x1C1C1A, 0x1C),
	Focus:    rgb(0x0B6E63),
	Selected: rgba(0x0B6E63, 0x1C),
	Tint:     rgb(0xDCEBE8),
	Shadow:   rgba(0x000000, 0x30),
	Scrim:    rgba(0x1C1C1A, 0x66),
	Tip:      rgb(0x1C1C1A),
	OnTip:    rgb(0xF7F7F5),

	theme.ColorNameInputBackground: rgb(0xFFFFFF),
	theme.ColorNameMenuBackground:  rgb(0xFFFFFF),
	theme.ColorNameButton:          rgb(0xECECE8),
	theme.ColorNameDisabled:        rgb(0xA3A39B),
	theme.ColorNameDisabledButton:  rgb(0xECECE8),
	theme.ColorNameHyperlink:       rgb(0x0B6E63),
	theme.ColorNameScrollBar:       rgba(0x1C1C1A, 0x55),
})

var dark = with(map[fyne.ThemeColorName]color.Color{
	Ground:   rgb(0x141413),
	Surface:  rgb(0x1E1E1C),
	Text:     rgb(0xF1F1EC),
	Quiet:    rgb(0xA3A39B),
	Line:     rgb(0x30302D),
	Edge:     rgb(0x6E6E68),
	Accent:   rgb(0x4FC3B0),
	OnAccent: rgb(0x06231F),
	Accept:   rgb(0x35B36A),
	OnAccept: rgb(0x06210F),
	HangUp:   rgb(0xF0564A),
	OnHangUp: rgb(0x2B0502),
	Warning:  rgb(0xE0B040),
	Hover:    rgba(0xF1F1EC, 0x12),
	Pressed:  rgba(0xF1F1EC, 0x24),
	Focus:    rgb(0x4FC3B0),
	Selected: rgba(0x4FC3B0, 0x2B),
	Tint:     rgb(0x213733),
	Shadow:   rgba(0x000000, 0x80),
	Scrim:    rgba(0x000000, 0x99),
	Tip:      rgb(0xF1F1EC),
	OnTip:    rgb(0x141413),

	theme.ColorNameInputBackground: rgb(0x1E1E1C),
	theme.ColorNameMenuBackground:  rgb(0x1E1E1C),
	theme.ColorNameButton:          rgb(0x2A2A27),
	theme.ColorNameDisabled:        rgb(0x6E6E68),
	theme.ColorNameDisabledButton:  rgb(0x2A2A27),
	theme.ColorNameHyperlink:       rgb(0x4FC3B0),
	theme.ColorNameScrollBar:       rgba(0xF1F1EC, 0x55),
})

// with adds what is the same in light and dark: what lies on video, which is
// always dark.
func with(colours map[fyne.ThemeColorName]color.Color) map[fyne.ThemeColorName]color.Color {
	colours[Stage] = rgb(0x000000)
	colours[OnStage] = rgb(0xFFFFFF)
	colours[QuietOn] = rgb(0xC9C9C3)
	colours[Control] = rgba(0x2E2E2B, 0xE6)
	colours[ControlIn] = rgba(0x4A4A46, 0xF0)
	colours[Toggled] = rgb(0xF7F7F5)
	colours[OnToggled] = rgb(0x1C1C1A)
	colours[StageHang] = rgb(0xD93A2F)
	colours[Veil] = rgba(0x000000, 0x99)
	return colours
}
