package station

import (
	"fmt"
	"log/slog"
	"maps"
	"math"
	"slices"
	"strings"

	"parley/call/session"
	"parley/media"
)

// ParseProcess reads which stages of the voice's processing are on: their names
// with commas between them, "all", or "none". Nothing means nothing: the settings.
func ParseProcess(text string) (map[session.Stage]bool, error) {
	if text == "" {
		return nil, nil
	}
	out := map[session.Stage]bool{}
	for _, stage := range session.Stages() {
		out[stage] = text == "all"
	}
	if text == "all" || text == "none" {
		return out, nil
	}
	for name := range strings.SplitSeq(text, ",") {
		stage := session.Stage(strings.TrimSpace(name))
		if !slices.Contains(session.Stages(), stage) {
			return nil, fmt.Errorf("there is no stage %q", stage)
		}
		out[stage] = true
	}
	return out, nil
}

// sound joins flags and settings.
func sound(o Options, kept SoundSettings) (session.Sound, error) {
	out := session.Sound{Switches: kept.Switches, Volume: map[media.DeviceKind]float64{}}
	for kind, level := range kept.Volume {
		if !math.IsNaN(level) { // as good as missing; 0 would silence calls
			out.Volume[kind] = session.Volume(level)
		}
	}
	said, err := ParseProcess(o.Process)
	if err != nil {
		return session.Sound{}, fault("start.badProcess", o.Process, err)
	}
	if said != nil {
		out.Switches = said
	}
	return out, nil
}

// choices joins flags and settings.
func choices(o Options, kept Settings, log *slog.Logger) (map[media.DeviceKind]media.Choice, error) {
	out := map[media.DeviceKind]media.Choice{}
	for kind, flag := range map[media.DeviceKind]string{
		media.Camera: o.Camera, media.Microphone: o.Microphone, media.Speaker: o.Speaker, media.Ringer: o.Ringer,
	} {
		choice, err := media.ParseChoice(kind, flag)
		if err != nil {
			f := fault("start.badChoice", flag, err)
			f.Args["kind"] = string(kind)
			return nil, f
		}
		if flag == "" {
			if choice, err = media.ParseChoice(kind, kept.Devices[kind]); err != nil {
				log.Warn("a device of the settings is not used", "err", err)
			}
		}
		out[kind] = choice
	}
	return out, nil
}

// with returns a copy of m in which k has value v.
func with[K comparable, V any](m map[K]V, k K, v V) map[K]V {
	out := maps.Clone(m)
	if out == nil {
		out = map[K]V{}
	}
	out[k] = v
	return out
}
