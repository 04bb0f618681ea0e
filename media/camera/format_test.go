package camera

import "testing"

func TestAsked(t *testing.T) {
	for text, want := range map[string]struct {
		choice string
		format Format
	}{
		"":                                   {"", Format{}},
		"HD Webcam":                          {"HD Webcam", Format{}},
		"HD Webcam@640x360":                  {"HD Webcam", Format{640, 360, 0}},
		"HD Webcam@640x360@15":               {"HD Webcam", Format{640, 360, 15}},
		"HD Webcam#12@pci-0:1.0@1280x720@30": {"HD Webcam#12@pci-0:1.0", Format{1280, 720, 30}},
		"HD Webcam@pci-0:1.0":                {"HD Webcam@pci-0:1.0", Format{}},
		"@320x180@5":                         {"", Format{320, 180, 5}},
		"pattern@320x180":                    {"pattern", Format{320, 180, 0}},
		"off@320x180":                        {"off", Format{320, 180, 0}},
		"file:a@320x180":                     {"file:a@320x180", Format{}},
		"HD Webcam@640x":                     {"HD Webcam@640x", Format{}},
		"HD Webcam@640x360@":                 {"HD Webcam@640x360@", Format{}},
		"HD Webcam@99999999999x360":          {"HD Webcam@99999999999x360", Format{}},
	} {
		if c, f := Asked(choice(text)); c != choice(want.choice) || f != want.format {
			t.Errorf("%q: %q in %+v, want %+v", text, c, f, want)
		}
	}
}
