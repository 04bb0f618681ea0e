package screen

import (
	"errors"
	"image"
	"testing"

	"parley/media/camera"
)

func TestTargetsAreText(t *testing.T) {
	for text, want := range map[string]Target{
		"":                         {},
		"HDMI-1":                   {ID: "HDMI-1"},
		"0x3a00007@640x480+100+50": {ID: "0x3a00007", Region: image.Rect(100, 50, 740, 530)},
		"@8x6+0+0":                 {ID: "", Region: image.Rect(0, 0, 8, 6)},
		"mail to me@example.com":   {ID: "mail to me@example.com"},
		"a@1x1+0+0@2x2+1+1":        {ID: "a@1x1+0+0", Region: image.Rect(1, 1, 3, 3)},
		"a@-1x1+0+0":               {ID: "a@-1x1+0+0"},
		"a@1x1+0+0 ":               {ID: "a@1x1+0+0 "},
		"a@99999x1+0+0":            {ID: "a@99999x1+0+0"},
	} {
		got, err := ParseTarget(text)
		if err != nil || got != want || got.String() != text {
			t.Errorf("%q: %+v, %v; back it is %q", text, got, err, got)
		}
	}
	for _, text := range []string{"@0x5+1+1", "x@5x0+1+1"} {
		if _, err := ParseTarget(text); !errors.Is(err, ErrRegion) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzTarget(f *testing.F) {
	f.Add("0x3a00007@640x480+100+50")
	f.Fuzz(func(t *testing.T, text string) {
		if got, err := ParseTarget(text); err == nil && got.String() != text {
			t.Errorf("%q became %q", text, got)
		}
	})
}

func TestItemsAreFoundByIDBeforeTitle(t *testing.T) {
	items := []Item{{ID: "DP-1", Default: true}, {ID: "0x1", Title: "0x2"}, {ID: "0x2", Title: "Mail"}}
	for id, want := range map[string]string{"": "DP-1", "0x2": "0x2", "mail": "0x2", "DP-1": "DP-1"} {
		if got, ok := find(items, id); !ok || got.ID != want {
			t.Errorf("%q: %+v, %v", id, got, ok)
		}
	}
	if got, ok := find(items, "another"); ok {
		t.Errorf("%+v", got)
	}
}

func TestPicturesFit(t *testing.T) {
	for _, c := range []struct{ size, want image.Point }{
		{image.Pt(1920, 1080), image.Pt(1920, 1080)},
		{image.Pt(301, 201), image.Pt(301, 201)},
		{image.Pt(3840, 2160), image.Pt(1920, 1080)},
		{image.Pt(1000, 3000), image.Pt(360, 1080)},
		{image.Pt(16000, 1), image.Pt(1920, 2)},
	} {
		if got := fit(camera.Format{Width: 1920, Height: 1080}, c.size); got != c.want {
			t.Errorf("%v: %v", c.size, got)
		}
	}
}
