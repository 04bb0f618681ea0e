package control

import (
	"fmt"

	"parley/call/session"
)

// calls is the kind of recording that is of a call, and not of a sound test.
const calls = "call"

func (c command) record() (session.Input, error) {
	switch c.Kind {
	case calls:
		return session.RecordCall{On: c.on(), Untold: c.Untold}, nil
	case "":
		return c.test(session.Recording)
	}
	return nil, fmt.Errorf("%w: \"kind\" of \"record\" can be call, or is left out in a sound test", errUsage)
}

// recordingChanges tells of recordings of the call, and of what was saved.
func recordingChanges(old, now session.Snapshot) []event {
	var out []event
	if was, is := old.Recording, now.Recording; was != is {
		out = append(out, event{"event": "recording", "on": is.On, "theirs": is.Theirs, "told": is.Told})
	}
	if s := now.Saved; s.Kind != "" && s != old.Saved {
		out = append(out, event{"event": "saved", "kind": string(s.Kind), "path": s.Path, "parts": s.Parts})
	}
	return out
}
