package media

import "testing"

func TestParseChoice(t *testing.T) {
	for _, c := range []struct {
		kind DeviceKind
		text string
		want Choice
		ok   bool
	}{
		{Camera, "", DefaultDevice, true},
		{Camera, "default", DefaultDevice, true},
		{Speaker, "off", Off, true},
		{Camera, "pattern", Pattern, true},
		{Microphone, "tone", Tone, true},
		{Microphone, "pattern", Choice{}, false},
		{Speaker, "pattern", Choice{}, false},
		{Camera, "tone", Choice{}, false},
		{Speaker, "tone", Choice{}, false},
		{Camera, "file:", Choice{}, false},
		{Camera, "HD Webcam", Choice{"HD Webcam"}, true},
	} {
		got, err := ParseChoice(c.kind, c.text)
		if got != c.want || (err == nil) != c.ok {
			t.Errorf("%s %q: %q, %v", c.kind, c.text, got, err)
		}
	}
}

func TestChoiceKeepsItsText(t *testing.T) {
	for _, text := range []string{"", "off", "pattern", "file:/a b/c.y4m", "HD Webcam"} {
		c, err := ParseChoice(Camera, text)
		if err != nil || c.String() != text {
			t.Errorf("%q became %q, %v", text, c, err)
		}
	}
	c, err := ParseChoice(Microphone, "file:voice.wav")
	if path, ok := c.File(); err != nil || !ok || path != "voice.wav" {
		t.Errorf("%q, %v, %v", path, ok, err)
	}
	if _, ok := Off.File(); ok {
		t.Error("off is a file")
	}
}

func TestKind(t *testing.T) {
	for _, k := range []Kind{Audio, Video} {
		if got, err := ParseKind(k.String()); got != k || err != nil {
			t.Errorf("%v became %v, %v", k, got, err)
		}
	}
	for _, text := range []string{"", "none", "Video"} {
		if k, err := ParseKind(text); err == nil {
			t.Errorf("%q became %v", text, k)
		}
	}
	if Kind(0).String() != "none" {
		t.Error("the zero kind has a name")
	}
}
