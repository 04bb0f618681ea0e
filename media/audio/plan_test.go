package audio

import (
	"errors"
	"testing"

	"parley/media"
)

// machine is a usual set of devices.
func machine() []device {
	dev := func(kind media.DeviceKind, id, name string, isDefault, monitor bool) device {
		return device{media.Device{Kind: kind, ID: id, Name: name, Default: isDefault}, monitor}
	}
	return []device{
		dev(media.Microphone, "out.monitor", "Monitor of Speakers", false, true),
		dev(media.Microphone, "in", "Webcam", true, false),
		dev(media.Microphone, "head", "Headset", false, false),
		dev(media.Speaker, "out", "Speakers", true, false),
		dev(media.Speaker, "headout", "Headset", false, false),
	}
}

func choice(t *testing.T, kind media.DeviceKind, text string) media.Choice {
	t.Helper()
	c, err := media.ParseChoice(kind, text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWanted_Plan(t *testing.T) {
	both := func(p plan) plan { p.hear, p.speak = true, true; return p }
	tests := []struct {
		name         string
		mic, speaker string
		devices      []device
		plan         plan
		problems     []error
	}{
		{"defaults", "", "", machine(), both(plan{}), nil},
		{"by id", "head", "headout", machine(), both(plan{microphone: "head", speaker: "headout"}), nil},
		{"by name", "Headset", "Headset", machine(), both(plan{microphone: "head", speaker: "headout"}), nil},
		{"by name in other case", "headset", "SPEAKERS", machine(), both(plan{microphone: "head", speaker: "out"}), nil},
		{"gone", "Old one", "", machine(), both(plan{}), []error{ErrNotConnected}},
		{"off", "off", "off", machine(), plan{}, nil},
		{"made up", "tone", "file:out.wav", machine(), plan{}, nil},
		{"one of both", "tone", "", machine(), plan{speak: true}, nil},
		{"monitor when asked for", "out.monitor", "off", machine(), plan{hear: true, microphone: "out.monitor"}, nil},
		{"no default", "", "", machine()[2:3], plan{hear: true, microphone: "head"}, []error{ErrNoSpeaker}},
		{"only a monitor", "", "off", machine()[:1], plan{}, []error{ErrNoMicrophone}},
		{"nothing", "", "Headset", nil, plan{}, []error{ErrNoMicrophone, ErrNoSpeaker}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := wanted{
				microphone: choice(t, media.Microphone, tt.mic), speaker: choice(t, media.Speaker, tt.speaker),
				capture: true, play: true,
			}
			p, problems := w.plan(tt.devices)
			if p != tt.plan {
				t.Errorf("plan %+v, want %+v", p, tt.plan)
			}
			if len(problems) != len(tt.problems) {
				t.Fatalf("problems %v, want %v", problems, tt.problems)
			}
			for i, want := range tt.problems {
				if !errors.Is(problems[i], want) {
					t.Errorf("problem %v, want %v", problems[i], want)
				}
			}
		})
	}
}

func TestWanted_Plan_OpensOnlyWhatIsUsed(t *testing.T) {
	for _, tt := range []struct {
		w    wanted
		want plan
	}{
		{wanted{}, plan{}},
		{wanted{capture: true}, plan{hear: true}},
		{wanted{play: true}, plan{speak: true}},
		{wanted{capture: true, play: true, released: true}, plan{speak: true}},
	} {
		if p, problems := tt.w.plan(machine()); p != tt.want || problems != nil {
			t.Errorf("%+v gives %+v, %v", tt.w, p, problems)
		}
	}
}
