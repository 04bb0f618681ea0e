package audio

import (
	"errors"
	"testing"

	"parley/media"
	"parley/media/audio/device"
)

// machine is a usual set of devices.
func machine() []device.Info {
	dev := func(kind media.DeviceKind, id, name string, isDefault, monitor bool) device.Info {
		return device.Info{Device: media.Device{Kind: kind, ID: id, Name: name, Default: isDefault}, Monitor: monitor}
	}
	return []device.Info{
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

// usual is a scene in which nothing is open.
func usual(devices []device.Info) scene {
	return scene{devices: devices, follows: true, using: func(media.DeviceKind) string { return "" }}
}

func opens(kind media.DeviceKind, id string) plan {
	return plan{open: true, target: device.Target{Kind: kind, ID: id}}
}

func TestWanted_Plan(t *testing.T) {
	mic := func(id string) plan { return opens(media.Microphone, id) }
	speaker := func(id string) plan { return opens(media.Speaker, id) }
	monitor := mic("out.monitor")
	monitor.target.Stereo = true
	tests := []struct {
		name         string
		mic, speaker string
		devices      []device.Info
		wantMic      plan
		wantSpeaker  plan
		problems     []error
	}{
		{"defaults", "", "", machine(), mic(""), speaker(""), nil},
		{"by id", "head", "headout", machine(), mic("head"), speaker("headout"), nil},
		{"by name", "Headset", "Headset", machine(), mic("head"), speaker("headout"), nil},
		{"by name in other case", "headset", "SPEAKERS", machine(), mic("head"), speaker("out"), nil},
		{"gone", "Old one", "", machine(), mic(""), speaker(""), []error{ErrNotConnected}},
		{"off", "off", "off", machine(), plan{}, plan{}, nil},
		{"made up", "tone", "file:out.wav", machine(), plan{}, plan{}, nil},
		{"one of both", "tone", "", machine(), plan{}, speaker(""), nil},
		{"monitor when asked for", "out.monitor", "off", machine(), monitor, plan{}, nil},
		{"no default", "", "", machine()[2:3], mic("head"), plan{}, []error{ErrNoSpeaker}},
		{"only a monitor", "", "off", machine()[:1], plan{}, plan{}, []error{ErrNoMicrophone}},
		{"nothing", "", "Headset", nil, plan{}, plan{}, []error{ErrNoMicrophone, ErrNoSpeaker}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := wanted{
				microphone: choice(t, media.Microphone, tt.mic), speaker: choice(t, media.Speaker, tt.speaker),
				capture: true, play: true,
			}
			p := w.plan(usual(tt.devices))
			if p.microphone != tt.wantMic || p.speaker != tt.wantSpeaker || p.ringer.open {
				t.Errorf("plans %+v", p)
			}
			expectProblems(t, p.problems, tt.problems)
		})
	}
}

func expectProblems(t *testing.T, problems []Problem, wanted []error) {
	t.Helper()
	if len(problems) != len(wanted) {
		t.Fatalf("problems %v, want %v", problems, wanted)
	}
	for i, want := range wanted {
		if !errors.Is(problems[i], want) {
			t.Errorf("problem %v, want %v", problems[i], want)
		}
	}
}

func TestWanted_Plan_OpensOnlyWhatIsUsed(t *testing.T) {
	for _, tt := range []struct {
		w            wanted
		mic, speaker bool
	}{
		{wanted{}, false, false},
		{wanted{capture: true}, true, false},
		{wanted{play: true}, false, true},
		{wanted{ring: true}, false, true},
		{wanted{ring: true, ringer: media.Off}, false, false},
	} {
		p := tt.w.plan(usual(machine()))
		if p.microphone.open != tt.mic || p.speaker.open != tt.speaker || p.ringer.open || p.problems != nil {
			t.Errorf("%+v gives %+v", tt.w, p)
		}
	}
}

func TestWanted_Plan_Ringer(t *testing.T) {
	for _, tt := range []struct {
		name     string
		ringer   string
		fails    bool
		here     bool
		ringer2  plan
		problems []error
	}{
		{"default", "", false, true, plan{}, nil},
		{"a device", "Headset", false, false, opens(media.Ringer, "headout"), nil},
		{"that fails", "Headset", true, true, opens(media.Ringer, "headout"), nil},
		{"missing", "Old one", false, true, plan{}, []error{ErrNotConnected}},
		{"off", "off", false, false, plan{}, nil},
		{"a file", "file:ring.wav", false, false, plan{}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := usual(machine())
			s.ringerFails = tt.fails
			p := wanted{ring: true, ringer: choice(t, media.Ringer, tt.ringer)}.plan(s)
			if p.ringHere != tt.here || p.ringer != tt.ringer2 || p.speaker.open != tt.here {
				t.Errorf("plans %+v", p)
			}
			expectProblems(t, p.problems, tt.problems)
		})
	}
}

func TestWanted_Plan_NewDeviceIsNotJumpedTo(t *testing.T) {
	devices := machine()[3:]
	devices[0].Default = false // there is no default at all
	w := wanted{play: true}
	s := usual(devices)
	if p := w.plan(s); p.speaker.target.ID != "out" {
		t.Fatalf("plan %+v", p.speaker)
	}
	s.using = func(media.DeviceKind) string { return "headout" }
	if p := w.plan(s); p.speaker.target.ID != "headout" {
		t.Errorf("what is in use is left for %+v", p.speaker)
	}
}

func TestWanted_Plan_DefaultIsFollowed(t *testing.T) {
	s := usual(machine())
	w := wanted{play: true}
	before := w.plan(s).speaker
	s.devices[3].Default, s.devices[4].Default = false, true
	if after := w.plan(s).speaker; after != before {
		t.Errorf("what the sound system moves is opened again: %+v, %+v", before, after)
	}
	s.follows = false
	after := w.plan(s).speaker
	s.devices[3].Default, s.devices[4].Default = true, false
	if again := w.plan(s).speaker; again == after {
		t.Errorf("what the sound system does not move stays: %+v", again)
	}
}
