package station

import (
	"fmt"
	"testing"

	"parley/media"
	"parley/media/audio"
)

// A device that is gone matters less while another is used in its place.
func TestExaminer_GradesWhatIsMissing(t *testing.T) {
	for name, test := range map[string]struct {
		report  audio.Report
		problem audio.Problem
		want    Grade
	}{
		"another speaker":    {audio.Report{Speaker: "Built-in"}, audio.Problem{Kind: media.Speaker, Err: audio.ErrNotConnected}, Poor},
		"no speaker":         {audio.Report{Microphone: "Desk"}, audio.Problem{Kind: media.Speaker, Err: audio.ErrNotConnected}, Wrong},
		"another microphone": {audio.Report{Microphone: "Desk"}, audio.Problem{Kind: media.Microphone, Err: audio.ErrNotConnected}, Poor},
		"no microphone":      {audio.Report{Speaker: "Built-in"}, audio.Problem{Kind: media.Microphone, Err: audio.ErrNoMicrophone}, Wrong},
		"the speaker rings":  {audio.Report{Speaker: "Built-in"}, audio.Problem{Kind: media.Ringer, Err: audio.ErrNotConnected}, Poor},
	} {
		t.Run(name, func(t *testing.T) {
			test.report.Problems = []audio.Problem{test.problem}
			e := &examiner{}
			e.problems(test.report)
			if len(e.found) != 1 || e.found[0].Grade != test.want {
				t.Errorf("found %+v, want %s", e.found, test.want)
			}
		})
	}
}

// A computer without devices is not one whose sound service is down.
func TestExaminer_TellsServerAndDevicesApart(t *testing.T) {
	desk, err := media.ParseChoice(media.Ringer, "Desk")
	if err != nil {
		t.Fatal(err)
	}
	for key, cause := range map[string]error{
		"notice.noSoundServer": audio.ErrNoSoundServer, "notice.noSoundDevices": audio.ErrNoDevices,
	} {
		r := audio.Report{}
		for _, kind := range []media.DeviceKind{media.Microphone, media.Speaker} {
			r.Problems = append(r.Problems, audio.Problem{Kind: kind, Err: fmt.Errorf("%w: why", cause)})
		}
		e := &examiner{}
		e.problems(r)
		e.microphone(r, media.DefaultDevice, false)
		e.speaker(r, map[media.DeviceKind]media.Choice{media.Ringer: desk})
		if len(e.found) != 1 || e.found[0].Key != key || e.found[0].Grade != Wrong {
			t.Errorf("found %+v, want %s alone", e.found, key)
		}
	}
}
