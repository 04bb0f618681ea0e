package session

import (
	"maps"
	"slices"
	"strings"
	"time"

	"parley/signaling"
)

// The codes of the notices that the session itself makes. Those of devices and
// of the book come as they are; those of servers are the codes of their faults
// in camel case, but for what the comments of faultCode say.
const (
	NoticeSendFailed   = "sendFailed"   // a message did not leave; Args: server
	NoticeInviteFailed = "inviteFailed" // an invite link could not be asked for; Args: server
)

// maxNotices bounds what a talkative server can put on the screen.
const maxNotices = 16

// notices are what the user should read: what devices report is a level, what
// others add stays until it is dismissed.
type notices struct {
	devices   []Notice
	dismissed []string // codes of device notices that the user has seen
	added     []Notice
}

// list returns all that are in view.
func (n *notices) list() []Notice {
	seen := func(d Notice) bool { return slices.Contains(n.dismissed, d.Code) }
	return append(slices.DeleteFunc(slices.Clone(n.devices), seen), n.added...)
}

// add puts a notice into view. One that is there already is renewed.
func (n *notices) add(more Notice) {
	more.Args = maps.Clone(more.Args)
	more.Since = since(n.added, more)
	same := func(x Notice) bool { return x.Code == more.Code && maps.Equal(x.Args, more.Args) }
	n.added = append(slices.DeleteFunc(slices.Clone(n.added), same), more)
	if len(n.added) > maxNotices {
		n.added = n.added[1:]
	}
}

// report takes the present notices of the devices. One that went away and
// comes again is shown again.
func (n *notices) report(now []Notice) {
	before := n.devices
	n.devices = slices.Clone(now)
	for i := range n.devices {
		n.devices[i].Args = maps.Clone(n.devices[i].Args)
		n.devices[i].Since = since(before, n.devices[i])
	}
	n.dismissed = slices.DeleteFunc(n.dismissed, func(code string) bool { return !hasCode(now, code) })
}

func (n *notices) dismiss(code string) {
	n.added = slices.DeleteFunc(slices.Clone(n.added), func(x Notice) bool { return x.Code == code })
	if hasCode(n.devices, code) && !slices.Contains(n.dismissed, code) {
		n.dismissed = append(n.dismissed, code)
	}
}

// clear removes what was said of a server that is connected anew.
func (n *notices) clear(server string) {
	n.added = slices.DeleteFunc(slices.Clone(n.added), func(x Notice) bool { return x.Args["server"] == server })
}

// since returns when a notice was first seen.
func since(before []Notice, n Notice) time.Time {
	if !n.Since.IsZero() {
		return n.Since
	}
	for _, b := range before {
		if b.Code == n.Code && maps.Equal(b.Args, n.Args) {
			return b.Since
		}
	}
	return time.Now()
}

// faultNotice makes a notice of what a server said went wrong. Its Args are the
// server and the name that we have, or want, there.
func faultNotice(f signaling.Fault, name string) Notice {
	return Notice{
		Code: faultCode(f.Code),
		Args: map[string]string{"server": f.Server, "name": name},
		Err:  f.Err,
	}
}

// faultCode translates the code of a server's fault ("name-taken") to that of a
// notice ("nameTaken").
func faultCode(code string) string {
	switch code {
	case "full":
		return "hubFull"
	case "invite-unknown", "invite-expired":
		return "badLink" // to the user it is the same
	}
	first, rest, _ := strings.Cut(code, "-")
	for word := range strings.SplitSeq(rest, "-") {
		if word != "" {
			first += strings.ToUpper(word[:1]) + word[1:]
		}
	}
	return first
}

func hasCode(all []Notice, code string) bool {
	return slices.ContainsFunc(all, func(n Notice) bool { return n.Code == code })
}
