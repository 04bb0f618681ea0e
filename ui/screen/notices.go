package screen

import (
	"strconv"
	"strings"

	"parley/assets/words"
	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/signaling"
)

// mostBanners is how many sentences are shown at once: more would be a wall.
const mostBanners = 2

func banners(in Input) []Banner {
	var out []Banner
	if b, ok := ending(in); ok {
		out = append(out, b)
	}
	if b, ok := speakingMuted(in); ok {
		out = append(out, b)
	}
	if b, ok := saved(in); ok {
		out = append(out, b)
	}
	for i := len(in.Session.Notices) - 1; i >= 0 && len(out) < mostBanners; i-- {
		if n := in.Session.Notices[i]; !leaves(n.Code) || in.Now.Sub(n.Since) < passing {
			out = append(out, notice(in, n))
		}
	}
	return out
}

// leaves tells which notices go away by themselves.
func leaves(code string) bool { return code == "slowUpload" || code == "tooFast" }

// Sentence is what a person reads of a notice. A code without a sentence of its
// own gets the general one.
func Sentence(w *words.Words, n session.Notice) string {
	key := "notice." + n.Code
	switch {
	case !w.Has(key) && n.Args["server"] != "":
		key = "notice.server"
	case !w.Has(key):
		return w.Text("notice.unknown")
	}
	args := words.Args{}
	for k, v := range n.Args {
		args[k] = v
	}
	args["server"] = ServerName(w, args["server"])
	return w.Text(key, args)
}

// notice writes a notice. One that has no sentence of its own gets the general
// one, and its code as the detail for whoever helps.
func notice(in Input, n session.Notice) Banner {
	b := Banner{Key: n.Code, Text: Sentence(in.Words, n)}
	if !in.Words.Has("notice." + n.Code) {
		b.Detail = in.Words.Text("notice.details", words.Args{"code": said(n)})
	}
	server := n.Args["server"]
	switch {
	case n.Code == session.NoticeRecordUntold:
		b.Action, b.Label = RecordAnyway, in.Words.Text("recording.anyway")
	case aboutDevice(n.Code):
		b.Action, b.Label = ChooseDevice, in.Words.Text("action.chooseDevice")
	case server != "" && server != signaling.OwnHub && in.View.Server != server && !leaves(n.Code):
		b.Action, b.Label, b.Server = OpenServer, in.Words.Text("action.openServer"), server
	}
	return b
}

// said is the code of a notice, with the server's own words where it has some.
func said(n session.Notice) string {
	if n.Err == nil || n.Args["server"] == "" {
		return n.Code
	}
	text := strings.TrimPrefix(n.Err.Error(), "the server refuses: ")
	if strings.Contains(text, n.Code) {
		return text
	}
	return n.Code + ": " + text
}

// aboutDevice tells whether choosing another device may help.
func aboutDevice(code string) bool {
	for _, kind := range []string{"camera", "microphone", "speaker", "ringer"} {
		if strings.HasPrefix(code, kind) {
			return true
		}
	}
	return false
}

// ending is the sentence about the call that just ended.
func ending(in Input) (Banner, bool) {
	s, e := in.Session, in.Session.LastEnd
	over := s.Call.Phase == call.Idle || s.Call.Phase == call.Closing
	if !over || e.ID == "" || e.ID == in.View.Dismissed || in.Now.Sub(e.At) >= endingShown || !worthTelling(e.Reason) {
		return Banner{}, false
	}
	b := Banner{Key: string(e.ID), Ending: true, Text: Reason(in.Words, e)}
	if e.Reason != call.RemoteHangup && e.Remote != (signaling.Address{}) {
		b.Action, b.Label = CallAgain, in.Words.Text("button.callAgain")
		b.Retry = session.Dial{To: e.Remote, Kind: e.Kind}
		if b.Retry.Kind == 0 {
			b.Retry.Kind = media.Video
		}
	}
	return b, true
}

// Reason writes why a call ended.
func Reason(w *words.Words, e session.Ending) string {
	key := "reason." + e.Reason.String()
	if e.Reason == call.Declined && e.Text != "" {
		key = "reason.declinedText"
	}
	name := e.Name
	if name == "" {
		name = e.Remote.Name
	}
	return w.Text(key, words.Args{"name": name, "text": e.Text})
}

// worthTelling leaves out what the user has done and so knows.
func worthTelling(r call.Reason) bool {
	switch r {
	case call.NoReason, call.LocalHangup, call.Withdrawn, call.Rejected:
		return false
	case call.RemoteHangup, call.Declined, call.Busy, call.NoAnswer, call.Missed, call.Unreachable,
		call.SetupFailed, call.Lost, call.Offline, call.Collision:
	}
	return true
}

func devices(in Input) []DeviceGroup {
	out := make([]DeviceGroup, 0, 4)
	for _, kind := range []media.DeviceKind{media.Camera, media.Microphone, media.Speaker, media.Ringer} {
		out = append(out, deviceGroup(in, kind))
	}
	return out
}

// screenChoice is the choice of the main screen in a camera's place, and with a colon
// and an id after it that of another.
const screenChoice = "screen"

func deviceGroup(in Input, kind media.DeviceKind) DeviceGroup {
	w, s := in.Words, in.Session
	chosen := s.Chosen[kind]
	g := DeviceGroup{Kind: kind, Label: w.Text("device." + string(kind)), Value: chosen.String()}
	def, listed := w.Text("device.default"), kind
	if kind == media.Ringer { // it is a second speaker
		def, listed = w.Text("device.asSpeaker"), media.Speaker
	}
	if using := s.Using[kind]; using != "" && chosen == media.DefaultDevice {
		def += " · " + using
	}
	g.Options = append(g.Options, DeviceOption{"", def})
	screens := 0
	for _, d := range s.Devices {
		if d.Kind == listed {
			name := d.Name
			if strings.HasPrefix(d.ID, screenChoice+":") {
				screens++
				name = w.Text("share.screen", words.Args{"n": strconv.Itoa(screens)})
			}
			g.Options = append(g.Options, DeviceOption{d.ID, name})
			if g.Value == d.Name {
				g.Value = d.ID
			}
		}
	}
	if kind == media.Camera {
		g.Options = append(g.Options, DeviceOption{media.Pattern.String(), w.Text("device.pattern")})
	}
	g.Options = append(g.Options, DeviceOption{media.Off.String(), w.Text("device.off")})
	for _, o := range g.Options {
		if o.Value == g.Value {
			return g
		}
	}
	g.Options = append(g.Options, DeviceOption{g.Value, choiceText(w, chosen)})
	return g
}

// choiceText names a choice that is not on offer: made on the command line, or
// unplugged since.
func choiceText(w *words.Words, c media.Choice) string {
	if path, ok := c.File(); ok {
		return w.Text("device.file", words.Args{"path": path})
	}
	switch c.String() {
	case media.Tone.String():
		return w.Text("device.tone")
	case screenChoice:
		return w.Text("share.mainScreen")
	}
	return c.String()
}

func invite(in Input) Invite {
	w, s := in.Words, in.Session
	server, up := "", false
	for _, c := range s.Servers {
		if c.Up && c.Capabilities.InviteLinks {
			server = c.URL
			break
		}
		up = up || c.Up
	}
	named := words.Args{"server": ServerName(w, server)}
	switch {
	case server == "" && up:
		return Invite{Note: w.Text("invite.impossible", words.Args{"server": ServerName(w, s.Servers[0].URL)})}
	case server == "":
		return Invite{Note: w.Text("invite.offline")}
	case s.Invite.URL == "" || s.Invite.Server != "" && s.Invite.Server != server || !s.Invite.Expires.IsZero() && !s.Invite.Expires.After(in.Now):
		return Invite{Server: server, Note: w.Text("invite.waiting", named)}
	}
	i := Invite{Server: server, URL: s.Invite.URL, Note: reach(w, server, s.Invite.URL)}
	if !s.Invite.Expires.IsZero() {
		i.Expires = w.Text("invite.expires", words.Args{"time": w.Until(s.Invite.Expires, in.Now)})
	}
	return i
}

// reach tells from where a link of a server can be opened.
func reach(w *words.Words, server, link string) string {
	switch {
	case Loopback(link):
		return w.Text("invite.local")
	case Loopback(server):
		return w.Text("invite.shared")
	}
	return w.Text("invite.network", words.Args{"server": ServerName(w, server)})
}
