package widget

import (
	"image"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"parley/ui/look"
)

// putInWindow puts content into a window of a test app.
func putInWindow(t *testing.T, content fyne.CanvasObject) fyne.Canvas {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.New(look.Light))
	w := app.NewWindow("test")
	w.SetPadded(false)
	w.SetContent(content)
	w.Resize(fyne.NewSize(600, 400))
	return w.Canvas()
}

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{
		"Maya Lindqvist": "ML", "bob": "B", "Ada Byron King": "AK", "林晓雨": "晓雨", "陈立": "陈立", "妈": "妈", "": "?", "…": "?",
		"Meeting room 1": "M1", "guest-abc": "GA", "émile": "É", "(work) Jo": "WJ", "Anna 林": "A林",
	} {
		if got := Initials(name); got != want {
			t.Errorf("%q gives %q, want %q", name, got, want)
		}
	}
}

func TestTextBreaksIntoLines(t *testing.T) {
	putInWindow(t, container.NewWithoutLayout())
	for name, c := range map[string]struct {
		text  string
		width float32
	}{
		"English":         {"The camera is used by another program. Close it there, or go on with sound.", 200},
		"Chinese":         {"摄像头正被别的程序使用。请在那边关掉，或者只用声音继续。", 120},
		"mixed":           {"打给 Echo 试一试，或者发一个链接，对方用浏览器就能与你通话。", 150},
		"one endless":     {strings.Repeat("x", 200), 100},
		"narrower than 1": {"word", 1},
		"empty":           {"", 100},
	} {
		p := Paragraph(c.text, look.Body, look.Text, c.width)
		lines := p.broken()
		if got := strings.Join(lines, ""); strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(c.text, " ", "") {
			t.Errorf("%s: lost something: %q", name, lines)
		}
		for _, line := range lines {
			if p.width(line) > c.width && len([]rune(line)) > 1 {
				t.Errorf("%s: %q is wider than %v", name, line, c.width)
			}
			if first := []rune(line + " ")[0]; strings.ContainsRune("，。、.,", first) {
				t.Errorf("%s: %q begins with what ends a sentence", name, line)
			}
		}
		if height := p.MinSize().Height; height < float32(len(lines))*10 {
			t.Errorf("%s: %d lines in a height of %v", name, len(lines), height)
		}
	}
}

func TestTextShrinksToItsRoom(t *testing.T) {
	text := NewText("A rather long name of somebody", look.Body, look.Text)
	text.Shrink = true
	putInWindow(t, container.NewWithoutLayout(text))
	for _, width := range []float32{20, 50, 100, 1000} {
		got := text.shortened(width)
		if text.width(got) > width && got != ellipsis {
			t.Errorf("%q does not fit %v", got, width)
		}
		if cut := strings.HasSuffix(got, ellipsis); cut == (width == 1000) {
			t.Errorf("in %v it says %q", width, got)
		}
	}
}

func TestTileShowsWholeOrFills(t *testing.T) {
	back := NewText("nobody", look.Body, look.OnStage)
	tile := NewVideoTile("remote", "Picture", 0, back)
	c := putInWindow(t, tile)
	if tile.HasPicture() || !back.Visible() {
		t.Fatal("an empty tile has a picture")
	}
	red := image.NewRGBA(image.Rect(0, 0, 60, 20)) // three to one, in a tile of three to two
	for i := 0; i < len(red.Pix); i += 4 {
		red.Pix[i], red.Pix[i+3] = 0xff, 0xff
	}
	at := func(x, y int) string {
		r, g, b, _ := c.Capture().At(x, y).RGBA()
		switch {
		case r > 0xf000 && g+b == 0:
			return "red"
		case r+g+b == 0:
			return "black"
		}
		return "other"
	}
	tile.ShowPicture(red)
	if back.Visible() || at(300, 200) != "red" || at(300, 20) != "black" || at(300, 380) != "black" {
		t.Errorf("whole: middle %s, top %s", at(300, 200), at(300, 20))
	}
	tile.Crop(true)
	if at(300, 200) != "red" || at(300, 5) != "red" {
		t.Errorf("filling: middle %s, top %s", at(300, 200), at(300, 5))
	}
	tile.Dim(true)
	if at(300, 200) == "red" {
		t.Error("the veil does not dim")
	}
	tile.Dim(false)
	tile.Clear()
	if tile.HasPicture() || !back.Visible() || tile.Picture() != nil {
		t.Error("cleared, and a picture is still there")
	}
}

func TestListKeepsItsRows(t *testing.T) {
	list := NewList()
	c := putInWindow(t, list.Object())
	var used []int
	rows := []RowData{{ID: "a", Name: "Ann"}, {ID: "b", Name: "Bob", Sub: "here"}, {ID: "c", Name: "Cy"}}
	list.Set(rows, func(i int) { used = append(used, i) })
	bob := list.rows[1]
	c.Focus(bob)
	rows[1].Sub = "not here"
	list.Set(slices.Clone(rows), func(i int) { used = append(used, i+10) })
	if list.rows[1] != bob || !bob.Focused() || bob.AccessibilityLabel() != "Bob, not here" {
		t.Error("an update takes the focus or the words of a row")
	}
	test.Tap(bob)
	bob.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	if c.Focused() != fyne.Focusable(list.rows[2]) {
		t.Error("Down does not go to the next row")
	}
	list.rows[2].TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
	bob.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if !slices.Equal(used, []int{11, 11}) {
		t.Errorf("used %v", used)
	}
	list.Set(rows[:1], nil)
	if len(list.column.Objects) != 1 {
		t.Errorf("%d rows are left of one", len(list.column.Objects))
	}
	list.Set(rows, nil)
	if len(list.column.Objects) != 3 || list.rows[1] != bob {
		t.Error("rows are not used again")
	}
}

func TestMenu(t *testing.T) {
	anchor := NewButton("b", "", "Button", Soft, nil)
	c := putInWindow(t, container.NewWithoutLayout(anchor))
	chosen := ""
	items := []MenuItem{
		{Text: "Heading"},
		{ID: "one", Text: "One", Do: func() { chosen = "one" }},
		{ID: "two", Text: "Two", Checked: true, Do: func() { chosen = "two" }},
	}
	for _, y := range []float32{0, 380} { // room below, room above
		anchor.Resize(anchor.MinSize())
		anchor.Move(fyne.NewPos(550, y))
		menu := ShowMenu(c, anchor, items)
		end := menu.panel.Position().AddXY(menu.panel.Size().Width, menu.panel.Size().Height)
		if menu.panel.Position().X < 0 || menu.panel.Position().Y < 0 || end.X > 600 || end.Y > 400 {
			t.Errorf("the menu at %v to %v leaves the window", menu.panel.Position(), end)
		}
		menu.Close()
	}
	ShowMenu(c, anchor, items)
	c.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	c.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if chosen != "two" || c.Overlays().Top() != nil {
		t.Errorf("chose %q, menu gone: %v", chosen, c.Overlays().Top() == nil)
	}
}

func TestSheetClosesBesideItselfOnly(t *testing.T) {
	c := putInWindow(t, container.NewWithoutLayout())
	closed := 0
	sheet := ShowSheet(c, Sized(200, 100, NewText("hello", look.Body, look.Text)), func() { closed++ })
	test.TapCanvas(c, fyne.NewPos(300, 200))
	if closed != 0 {
		t.Fatal("a tap on the sheet closes it")
	}
	test.TapCanvas(c, fyne.NewPos(10, 10))
	sheet.Close()
	if closed != 1 || c.Overlays().Top() != nil {
		t.Errorf("closed %d times", closed)
	}
}

func TestBannersTakeTheHeightTheyNeed(t *testing.T) {
	var acted, dismissed string
	banners := NewBanners(func(key string) { acted = key }, func(key string) { dismissed = key })
	putInWindow(t, container.NewVBox(banners))
	if banners.MinSize().Height != 0 {
		t.Error("no banner takes room")
	}
	banners.Set([]BannerData{{Key: "k", Icon: "warning", Text: strings.Repeat("many words ", 20), Action: "Act", Dismiss: "Dismiss"}})
	banners.Resize(fyne.NewSize(600, 100))
	wide := banners.MinSize().Height
	banners.Resize(fyne.NewSize(320, 100))
	if narrow := banners.MinSize().Height; narrow <= wide {
		t.Errorf("height %v when narrow, %v when wide", narrow, wide)
	}
	for _, o := range test.LaidOutObjects(banners) {
		if b, ok := o.(*Button); ok {
			test.Tap(b)
		}
	}
	if acted != "k" || dismissed != "k" {
		t.Errorf("acted on %q, dismissed %q", acted, dismissed)
	}
}

func TestDisabledButtonDoesNothing(t *testing.T) {
	used := 0
	b := NewButton("b", "add", "Add", Primary, func() { used++ })
	putInWindow(t, b)
	b.Disable()
	test.Tap(b)
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	b.Enable()
	test.Tap(b)
	if used != 1 {
		t.Errorf("used %d times, want once", used)
	}
}

func TestTooltipStaysInTheWindow(t *testing.T) {
	root := NewRoot(container.NewWithoutLayout())
	putInWindow(t, root)
	for _, corner := range []fyne.Position{{X: 0, Y: 0}, {X: 560, Y: 0}, {X: 0, Y: 360}, {X: 560, Y: 360}} {
		root.showTip("A tooltip with some words", corner, fyne.NewSquareSize(40))
		from := root.tips.Position()
		to := from.AddXY(root.tips.Size().Width, root.tips.Size().Height)
		if from.X < 0 || from.Y < 0 || to.X > 600 || to.Y > 400 {
			t.Errorf("for %v it is at %v to %v", corner, from, to)
		}
		if over := from.Y < corner.Y+40 && to.Y > corner.Y; over {
			t.Errorf("for %v it covers what it is about", corner)
		}
	}
}

func TestQR(t *testing.T) {
	code := NewQR("https://hub.example/i/token", 200)
	if code.MinSize() != fyne.NewSquareSize(200) {
		t.Errorf("its size is %v", code.MinSize())
	}
	if NewQR(strings.Repeat("x", 5000), 200) == nil {
		t.Error("what does not fit gives nothing at all")
	}
	picture := qrPicture([][]bool{{true, false}, {false, true}})
	if picture.Bounds().Dx() != 2 || picture.RGBAAt(0, 0).R > 0x40 || picture.RGBAAt(1, 0).R != 0xff {
		t.Errorf("drawn as %v", picture.Pix)
	}
}

func TestAvatarPresenceIsNotColourAlone(t *testing.T) {
	a := NewAvatar("Ann", 40)
	putInWindow(t, a)
	dot := test.WidgetRenderer(a).(*avatarRenderer).dot
	a.Set("Ann", "", Here)
	if dot.StrokeWidth != 0 || dot.Hidden {
		t.Error("here is not a full dot")
	}
	a.Set("Ann", "", Away)
	if dot.StrokeWidth == 0 || dot.Hidden {
		t.Error("away is not a ring")
	}
	a.Set("Ann", "", NoPresence)
	if !dot.Hidden {
		t.Error("unknown presence shows")
	}
}
