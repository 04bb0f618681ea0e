package control

import (
	"fmt"
	"math"
	"reflect"

	"parley/call/session"
	"parley/media"
)

// sound translates a command about the sound.
func (c command) sound() (session.Input, error) {
	switch c.Do {
	case "tune":
		return c.tune()
	case "volume":
		return c.volume()
	case "soundTest":
		return session.TestSound{On: c.on()}, nil
	case "snapshot":
		return session.SavePicture{}, nil
	case "record":
		return c.record()
	case "play":
		return c.test(session.Playing)
	case "chime":
		return c.test(session.Chiming)
	}
	return nil, fmt.Errorf("%w: unknown \"do\": %q", errUsage, c.Do)
}

// tune switches the stages that are named.
func (c command) tune() (session.Input, error) {
	said := map[session.Stage]*bool{
		session.HighPass: c.HighPass, session.Echo: c.Echo, session.Noise: c.Noise, session.Gain: c.Gain,
	}
	switches := map[session.Stage]bool{}
	for stage, on := range said {
		if on != nil {
			switches[stage] = *on
		}
	}
	if len(switches) == 0 {
		return nil, fmt.Errorf("%w: \"tune\" needs \"highPass\", \"echo\", \"noise\" or \"gain\", true or false", errUsage)
	}
	return session.Tune{Switches: switches}, nil
}

func (c command) volume() (session.Input, error) {
	kind := media.DeviceKind(c.Kind)
	if kind != media.Speaker && kind != media.Ringer {
		return nil, fmt.Errorf("%w: \"kind\" must be speaker or ringer", errUsage)
	}
	if c.Level == nil || *c.Level < 0 || *c.Level > 1 {
		return nil, fmt.Errorf("%w: \"volume\" needs a \"level\" from 0 to 1", errUsage)
	}
	return session.SetVolume{Kind: kind, Level: *c.Level}, nil
}

// test lets the sound test do something, or stop doing it.
func (c command) test(d session.Doing) (session.Input, error) {
	if !c.on() {
		d = session.NothingDone
	}
	return session.RunTest{Doing: d}, nil
}

// Level is how loud a sound is: linear, 1 being full scale.
type Level struct{ RMS, Peak float64 }

// levels answers with what the meters show now.
func (c *Console) levels() event {
	e := event{"event": "levels"}
	if c.options.Levels == nil {
		return e
	}
	for name, l := range c.options.Levels() {
		e[name] = event{"rms": rounded(l.RMS), "peak": rounded(l.Peak)}
	}
	return e
}

// rounded leaves what a meter can show.
func rounded(v float64) float64 { return math.Round(v*1e5) / 1e5 }

// soundChanges are the changes of what is known of the sound.
func soundChanges(old, now session.Sound) []event {
	var out []event
	if was, is := old.SpeakingMuted, now.SpeakingMuted; was != is {
		out = append(out, event{"event": "speakingMuted", "on": is})
	}
	if is := sound(now); !reflect.DeepEqual(sound(old), is) {
		out = append(out, is)
	}
	return out
}

func sound(now session.Sound) event {
	switches := event{}
	for _, stage := range session.Stages() {
		switches[string(stage)] = now.On(stage)
	}
	volume := event{}
	for _, kind := range []media.DeviceKind{media.Speaker, media.Ringer} {
		volume[string(kind)] = now.VolumeOf(kind)
	}
	return event{
		"event": "sound", "switches": switches, "volume": volume, "canceller": now.Canceller, "suppressor": now.Suppressor,
		"testing": now.Testing, "doing": string(now.Test.Doing), "recorded": now.Test.Recorded, "verdict": string(now.Test.Verdict),
	}
}
