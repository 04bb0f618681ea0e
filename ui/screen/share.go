package screen

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"parley/assets/words"
	"parley/call"
	"parley/call/session"
	"parley/media"
)

// Sharing is what the other side is shown of our screen.
type Sharing struct {
	Can    bool // there is a picture in whose place something can be shown
	On     bool
	Text   string // "You are sharing “Minutes”"
	Target string // as session.Share takes it
	Smooth bool   // motion matters more than sharp text
	Beside bool   // it is beside the camera, and not in its place
}

func sharing(in Input) Sharing {
	s, c := in.Session.Sharing, in.Session.Call
	out := Sharing{Can: c.Kind == media.Video && (c.Phase == call.Calling || c.Live())}
	if s.On && out.Can {
		out.On, out.Target, out.Smooth, out.Beside = true, s.Target, s.Smooth, s.Beside
		out.Text = shared(in.Words, s)
	}
	return out
}

// shared says what is shown. Where the desktop asked the user, all that is known
// is its kind.
func shared(w *words.Words, s session.Sharing) string {
	_, part := region(s.Target)
	switch {
	case s.Name == "":
		return w.Text("sharing.starting")
	case part:
		return w.Text("sharing.region")
	case s.Name == string(session.WindowShare):
		return w.Text("sharing.aWindow")
	case strings.HasPrefix(s.Target, "0x"):
		return w.Text("sharing.window", words.Args{"name": s.Name})
	}
	return w.Text("sharing.screen")
}

var geometry = regexp.MustCompile(`@(\d+x\d+\+\d+\+\d+)$`)

// region returns the region at the end of a target.
func region(target string) (text string, ok bool) {
	found := geometry.FindStringSubmatch(target)
	if found == nil {
		return "", false
	}
	return found[1], true
}

// Region returns the target that is a region of the main screen, as a person types
// it: width, height, left and top in pixels, with anything but digits between
// them. Left and top may be missing.
func Region(typed string) (target string, ok bool) {
	var numbers [4]int
	fields := strings.FieldsFunc(typed, func(r rune) bool { return r < '0' || r > '9' })
	if len(fields) != 2 && len(fields) != 4 {
		return "", false
	}
	for i, f := range fields {
		n, err := strconv.ParseUint(f, 10, 16)
		if err != nil {
			return "", false
		}
		numbers[i] = int(n)
	}
	if numbers[0] == 0 || numbers[1] == 0 {
		return "", false
	}
	return fmt.Sprintf("@%dx%d+%d+%d", numbers[0], numbers[1], numbers[2], numbers[3]), true
}

// Shareable is something that can be shown, as it is offered.
type Shareable struct {
	ID    string
	Title string
}

// Offer is what can be shown: the desktop asks itself, or there are screens and
// windows.
type Offer struct {
	Asked   string // what to share so that the desktop asks; "" where it does not
	Screens []Shareable
	Windows []Shareable
}

// OfferOf sorts what can be shown.
func OfferOf(w *words.Words, list []session.Shareable) (o Offer) {
	screens := 0
	for _, s := range list {
		if s.Kind == session.ScreenShare {
			screens++
		}
	}
	for _, s := range list {
		switch s.Kind {
		case session.AskedShare:
			o.Asked = s.ID
		case session.ScreenShare:
			title := w.Text("share.mainScreen")
			if screens > 1 {
				title = w.Text("share.screen", words.Args{"n": strconv.Itoa(len(o.Screens) + 1)})
			}
			o.Screens = append(o.Screens, Shareable{s.ID, title})
		case session.WindowShare:
			o.Windows = append(o.Windows, Shareable{s.ID, cmp.Or(s.Title, w.Text("share.untitled"))})
		}
	}
	return o
}
