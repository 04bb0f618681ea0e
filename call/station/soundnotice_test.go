package station

import (
	"errors"
	"fmt"
	"testing"

	"parley/media"
	"parley/media/audio"
)

// Every problem has a sentence that fits it: a device that is there and cannot be
// used is not one that is missing.
func TestSoundNotice(t *testing.T) {
	mic, speaker, ringer := media.Microphone, media.Speaker, media.Ringer
	for _, tt := range []struct {
		kind media.DeviceKind
		err  error
		want string
	}{
		{mic, audio.ErrNoSoundServer, "noSoundServer"},
		{speaker, audio.ErrNoDevices, "noSoundDevices"},
		{mic, audio.ErrNoMicrophone, "noMicrophone"},
		{speaker, audio.ErrNoSpeaker, "noSpeaker"},
		{mic, audio.ErrUnusable, "microphoneFailed"},
		{speaker, audio.ErrUnusable, "speakerFailed"},
		{ringer, audio.ErrUnusable, "ringerFailed"},
		{mic, audio.ErrNotConnected, "microphoneLost"},
		{speaker, audio.ErrNotConnected, "speakerLost"},
		{ringer, audio.ErrNotConnected, "ringerLost"},
	} {
		n := soundNotice(audio.Problem{Kind: tt.kind, Name: "Desk", Err: fmt.Errorf("%w: %w", tt.err, errors.New("why"))})
		if n.Code != tt.want || n.Args["name"] != "Desk" || !errors.Is(n.Err, tt.err) {
			t.Errorf("%s: %v gives %+v, want %s", tt.kind, tt.err, n, tt.want)
		}
	}
}
