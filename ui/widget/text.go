package widget

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"parley/ui/look"
)

// Text is a piece of text in one size and colour. Without Wrap it is one line; with
// Shrink that line may be narrower than its text and then ends in an ellipsis.
type Text struct {
	fynewidget.BaseWidget
	Content string
	Points  float32 // size of its type
	Color   fyne.ThemeColorName
	Bold    bool
	Align   fyne.TextAlign
	Shrink  bool
	Wrap    float32 // break lines at this width
	flow    bool    // at whatever width there is; Wrap is then the last one
}

// NewText returns a text of one line.
func NewText(content string, size float32, color fyne.ThemeColorName) *Text {
	t := &Text{Content: content, Points: size, Color: color}
	t.ExtendBaseWidget(t)
	return t
}

// Heading returns a bold text.
func Heading(content string, size float32) *Text {
	t := NewText(content, size, look.Text)
	t.Bold = true
	return t
}

// Paragraph returns a text that breaks at width.
func Paragraph(content string, size float32, color fyne.ThemeColorName, width float32) *Text {
	t := NewText(content, size, color)
	t.Wrap = width
	return t
}

// Flowing returns a text that breaks at whatever width it gets.
func Flowing(content string, size float32, color fyne.ThemeColorName) *Text {
	t := Paragraph(content, size, color, usualWidth)
	t.flow = true
	return t
}

// usualWidth is what a flowing text expects before it knows its width.
const usualWidth float32 = 480

// Resize breaks a flowing text anew when its width changes.
func (t *Text) Resize(size fyne.Size) {
	if t.flow && size.Width > 0 && size.Width != t.Wrap {
		t.Wrap = size.Width
		t.Refresh()
	}
	t.BaseWidget.Resize(size)
}

// Set shows another content.
func (t *Text) Set(content string) {
	if t.Content != content {
		t.Content = content
		t.Refresh()
	}
}

// Paint shows it in another colour.
func (t *Text) Paint(color fyne.ThemeColorName) {
	if t.Color != color {
		t.Color = color
		t.Refresh()
	}
}

func (t *Text) style() fyne.TextStyle { return fyne.TextStyle{Bold: t.Bold} }

func (t *Text) width(s string) float32 { return fyne.MeasureText(s, t.Points, t.style()).Width }

// CreateRenderer is for Fyne.
func (t *Text) CreateRenderer() fyne.WidgetRenderer {
	r := &textRenderer{text: t}
	r.Refresh()
	return r
}

type textRenderer struct {
	text  *Text
	lines []fyne.CanvasObject
}

func (r *textRenderer) Destroy() {}

func (r *textRenderer) Objects() []fyne.CanvasObject { return r.lines }

func (r *textRenderer) MinSize() fyne.Size {
	t := r.text
	if t.Wrap > 0 {
		lines := t.broken()
		width := t.Wrap
		if t.flow {
			width = t.Points
		}
		return fyne.NewSize(width, t.lineHeight()*float32(len(lines)))
	}
	if t.Shrink {
		return fyne.NewSize(t.Points, t.lineHeight())
	}
	return fyne.NewSize(t.width(t.Content), t.lineHeight())
}

func (t *Text) lineHeight() float32 { return fyne.MeasureText("Ag", t.Points, t.style()).Height }

func (r *textRenderer) Layout(size fyne.Size) {
	r.fill(size)
	for i, o := range r.lines {
		o.Move(fyne.NewPos(0, float32(i)*r.text.lineHeight()))
		o.Resize(fyne.NewSize(size.Width, r.text.lineHeight()))
	}
}

func (r *textRenderer) Refresh() {
	r.Layout(r.text.Size())
	for _, o := range r.lines {
		canvas.Refresh(o)
	}
}

func (r *textRenderer) fill(size fyne.Size) {
	t := r.text
	var lines []string
	switch {
	case t.Wrap > 0:
		lines = t.broken()
	case t.Shrink:
		lines = []string{t.shortened(size.Width)}
	default:
		lines = []string{t.Content}
	}
	for len(r.lines) < len(lines) {
		r.lines = append(r.lines, &canvas.Text{})
	}
	r.lines = r.lines[:len(lines)]
	for i, line := range lines {
		c := r.lines[i].(*canvas.Text)
		c.Text, c.TextSize, c.TextStyle, c.Alignment = line, t.Points, t.style(), t.Align
		c.Color = look.Of(t.Color)
	}
}

const ellipsis = "…"

// shortened returns as much of the text as fits, with an ellipsis if not all of it.
func (t *Text) shortened(width float32) string {
	if width <= 0 || t.width(t.Content) <= width+1 {
		return t.Content
	}
	runes := []rune(t.Content)
	low, high := 0, len(runes)
	for low < high {
		middle := (low + high + 1) / 2
		if t.width(string(runes[:middle])+ellipsis) <= width {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return strings.TrimRight(string(runes[:low]), " ") + ellipsis
}

// broken returns the text in lines that fit into Wrap.
func (t *Text) broken() []string {
	var lines []string
	line := ""
	for _, word := range words(t.Content) {
		if line != "" && t.width(line+strings.TrimRight(word, " ")) > t.Wrap {
			lines = append(lines, strings.TrimRight(line, " "))
			line = ""
		}
		line += word
		for t.width(strings.TrimRight(line, " ")) > t.Wrap && len([]rune(line)) > 1 {
			head, tail := t.split(line)
			lines = append(lines, head)
			line = tail
		}
	}
	return append(lines, strings.TrimRight(line, " "))
}

// split cuts a word that is longer than a line.
func (t *Text) split(word string) (head, tail string) {
	runes := []rune(word)
	n := len(runes) - 1
	for n > 1 && t.width(string(runes[:n])) > t.Wrap {
		n--
	}
	return string(runes[:n]), string(runes[n:])
}

// words cuts text where a line may break: after spaces and around Chinese
// characters, but not before the punctuation that closes (Unicode UAX 14, in short).
func words(text string) []string {
	var out []string
	word := []rune{}
	runes := []rune(text)
	for i, r := range runes {
		word = append(word, r)
		if i+1 < len(runes) && mayBreak(r, runes[i+1]) {
			out = append(out, string(word))
			word = word[:0]
		}
	}
	return append(out, string(word))
}

func mayBreak(before, after rune) bool {
	if strings.ContainsRune("，。、；：？！）”’》」,.;:?!)", after) || strings.ContainsRune("（“‘《「(", before) {
		return false
	}
	return before == ' ' && after != ' ' || wide(before) && after != ' ' || wide(after) && before != ' '
}

func wide(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x303f || r >= 0xff01 && r <= 0xff5e
}
