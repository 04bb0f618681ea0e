package screen

import (
	"strconv"

	"parley/assets/words"
	"parley/call/session"
)

// Recording is what is known of recordings of the call.
type Recording struct {
	On   bool   // we do
	Text string // what both must know for as long as it is so; "" when nobody records
}

func recording(in Input) Recording {
	r := in.Session.Recording
	out := Recording{On: r.On}
	args := words.Args{"name": peerName(in.Session), "time": words.Clock(max(0, in.Now.Sub(r.Since)))}
	switch {
	case r.On && r.Theirs:
		out.Text = in.Words.Text("recording.both", args)
	case r.On:
		out.Text = in.Words.Text("recording.mine", args)
	case r.Theirs:
		out.Text = in.Words.Text("recording.theirs", args)
	}
	return out
}

// saved is the sentence about what was put into the user's folders.
func saved(in Input) (Banner, bool) {
	s := in.Session.Saved
	if s.Kind == "" || in.Now.Sub(s.At) >= passing {
		return Banner{}, false
	}
	args := words.Args{"path": s.Path, "count": strconv.Itoa(s.Parts)}
	text := in.Words.Text("saved.picture", args)
	switch {
	case s.Kind == session.SavedRecording && s.Parts > 1:
		text = in.Words.Text("saved.parts", args)
	case s.Kind == session.SavedRecording:
		text = in.Words.Text("saved.recording", args)
	}
	return Banner{Key: session.SavedNotice, Text: text}, true
}
