package gallery

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"parley/assets/words"
	"parley/call/session"
	"parley/media"
	"parley/ui"
	"parley/ui/look"
)

// Every scene finds the controls it uses, in every language, and paints: in one of
// them, for that takes its time.
func TestScenes(t *testing.T) {
	for _, language := range words.Languages() {
		app := test.NewTempApp(t)
		for _, sc := range scenes() {
			queue := make(chan func(), 16)
			later := func(f func()) {
				select {
				case queue <- f:
				default: // of what comes while it paints, nobody runs anything
				}
			}
			w := ui.New(ui.Deps{
				App: app, Post: func(session.Input) {}, Do: later, Local: &media.Screen{}, Remote: &media.Screen{},
				Servers: catalogue{}, Desktop: desktop{namesIn(string(language))}, Preferences: ui.Preferences{Language: language, Theme: look.Dark},
			})
			size := wide
			if sc.size != (fyne.Size{}) {
				size = sc.size
			}
			w.Main().Resize(size)
			w.Show(sc.snapshot(namesIn(string(language))))
			(<-queue)()
			if err := play(w, sc); err != nil {
				t.Errorf("%s: %v", language, err)
			}
			if slices.Contains(sc.then, "add.look") { // what is found comes later
				(<-queue)()
			}
			if language == words.Chinese {
				if picture := w.Main().Canvas().Capture(); picture.Bounds().Dx() != int(size.Width) {
					t.Errorf("%s: the picture is %v wide", sc.name, picture.Bounds().Dx())
				}
			}
			w.Main().Close()
		}
	}
}

func TestSceneNamesAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, sc := range scenes() {
		if seen[sc.name] {
			t.Errorf("there are two scenes %q", sc.name)
		}
		seen[sc.name] = true
	}
}

func TestWanted(t *testing.T) {
	home, calls := scene{name: "home", always: true}, scene{name: "calls"}
	full, brief := Variant{Full: true}, Variant{}
	for _, c := range []struct {
		scene   scene
		variant Variant
		only    []string
		want    bool
	}{
		{home, full, nil, true},
		{home, brief, nil, true},
		{calls, full, nil, true},
		{calls, brief, nil, false},
		{calls, brief, []string{"calls"}, true},
		{home, full, []string{"calls"}, false},
	} {
		if got := wanted(c.scene, c.variant, c.only); got != c.want {
			t.Errorf("%s in %+v, only %v: %v", c.scene.name, c.variant, c.only, got)
		}
	}
}
