package station

import (
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
