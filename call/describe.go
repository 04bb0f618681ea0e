package call

import (
	"fmt"
	"strings"

	"parley/media"
	"parley/signaling"
)

// DescribeState names what s holds, but for Seq and the names of people.
func DescribeState(s State) string {
	if s.Phase == Idle {
		return words(s.Phase, s.End)
	}
	return words(
		s.Phase, s.ID, unless(s.Role == NoRole, s.Role.String()), kindWord(s.Kind), orderWord(s.OfferFirst, s.Reversed), unless(!s.Once, "once"),
		unless(!s.Invited, "invited"), unless(!s.Alerted, "alerted"),
		unless(s.Round == 0, fmt.Sprintf("round %d", s.Round)), unless(!s.Answered, "answered"), unless(!s.Unheard, "unheard"),
		unless(s.Online, "offline"), s.End,
		unless(s.Next.ID == "", fmt.Sprintf("holding %s", s.Next.ID)),
	)
}

// DescribeEvent names e in a few words for logs and scenarios, with ids but
// without descriptions, candidates, texts, or names of people.
func DescribeEvent(e Event) string {
	switch e := e.(type) {
	case Dial:
		return words("dial", e.ID, kindWord(e.Kind), orderWord(e.OfferFirst, e.Reversed), unless(!e.Once, "once"), unless(e.Reachable, "unreachable"))
	case Accept:
		return words("accept", kindWord(e.Kind))
	case Reject:
		return "reject"
	case Hangup:
		return "hangup"
	case Link, Returned, Received:
		return describeTold(e)
	case LocalDescription:
		return words("made", e.ID, describeMessage(e.Description))
	case LocalCandidate:
		return words("made", e.ID, describeMessage(e.Candidate))
	case PeerUp:
		return words("peerUp", e.ID)
	case PeerDown:
		return words("peerDown", e.ID)
	case PeerFailed:
		return words("peerFailed", e.ID)
	case PeerLeft:
		return words("peerLeft", e.ID)
	case PeerClosed:
		return words("peerClosed", e.ID)
	case Timeout:
		return fmt.Sprintf("timeout #%d", e.Seq)
	}
	return ""
}

func describeTold(e Event) string {
	switch e := e.(type) {
	case Link:
		return "link " + unless(e.Up, "down") + unless(!e.Up, "up")
	case Returned:
		return "returned"
	case Received:
		return words("received", e.Envelope.Call, describeMessage(e.Envelope.Message))
	}
	return ""
}

// DescribeEffect names e like DescribeEvent.
func DescribeEffect(e Effect) string {
	switch e := e.(type) {
	case Send:
		return words("send", e.Envelope.Call, describeMessage(e.Envelope.Message))
	case Open:
		return words("open", e.ID, kindWord(e.Kind), unless(!e.Offers, "offers"))
	case Narrow:
		return words("narrow", e.ID)
	case Restart:
		return words("restart", e.ID, fmt.Sprintf("round %d", e.Round))
	case SetRemote:
		return words("setRemote", e.ID, describeMessage(e.Description))
	case AddCandidate:
		return words("addCandidate", e.ID)
	case Close:
		return words("close", e.ID)
	case Forget:
		return words("forget", e.ID)
	}
	return ""
}

func describeMessage(m signaling.Message) string {
	switch m := m.(type) {
	case signaling.Invite:
		return words("invite", kindWord(m.Kind), orderWord(m.Offer != nil, m.Reversed))
	case signaling.Ringing:
		return "ringing"
	case signaling.Accept:
		return words("accept", kindWord(m.Kind))
	case signaling.Decline:
		return "decline"
	case signaling.Busy:
		return "busy"
	case signaling.Cancel:
		return words("cancel", unless(!m.Timeout, "timeout"))
	case signaling.Description:
		return words(m.Type, fmt.Sprintf("round %d", m.Round))
	case signaling.Candidate:
		return "candidate"
	case signaling.Bye:
		return "bye"
	case signaling.Unavailable:
		return "unavailable"
	}
	return ""
}

// words joins what is not empty.
func words(parts ...any) string {
	var out []string
	for _, p := range parts {
		if w := fmt.Sprint(p); w != "" {
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}

func kindWord(k media.Kind) string { return unless(k == 0, k.String()) }

func orderWord(offerFirst, reversed bool) string {
	switch {
	case offerFirst:
		return "with offer"
	case reversed:
		return "reversed"
	}
	return ""
}

func unless(silent bool, word string) string {
	if silent {
		return ""
	}
	return word
}
