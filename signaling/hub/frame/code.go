package frame

import "parley/signaling"

// Code names a fault.
type Code string

// The codes of the protocol.
const (
	Version       Code = "version"
	NotIdentified Code = "not-identified"
	BadName       Code = "bad-name"
	NameTaken     Code = "name-taken"
	InviteUnknown Code = "invite-unknown"
	InviteExpired Code = "invite-expired"
	BadFrame      Code = "bad-frame"
	UnknownPeer   Code = "unknown-peer"
	Forbidden     Code = "forbidden"
	TooFast       Code = "too-fast"
	TooLarge      Code = "too-large"
	Full          Code = "full"
	Slow          Code = "slow"
	Replaced      Code = "replaced"
)

// CloseCode returns the WebSocket close code (RFC 6455 section 7.4) of a
// connection that ends because of c, or 0 when c never ends one.
func (c Code) CloseCode() int {
	switch c {
	case Version:
		return 4400
	case NotIdentified:
		return 4401
	case BadName:
		return 4402
	case NameTaken:
		return 4403
	case InviteUnknown, InviteExpired:
		return 4404
	case BadFrame:
		return 4405
	case TooFast:
		return 4406
	case Full:
		return 4407
	case Slow:
		return 4408
	case Replaced:
		return 4409
	case TooLarge:
		return 1009
	case UnknownPeer, Forbidden:
	}
	return 0
}

// Final tells whether connecting again would meet the same refusal.
func (c Code) Final() bool {
	switch c {
	case Version, BadName, NameTaken, InviteUnknown, InviteExpired, Replaced:
		return true
	case NotIdentified, BadFrame, UnknownPeer, Forbidden, TooFast, TooLarge, Full, Slow:
	}
	return false
}

// Error is the frame that tells of a fault, and the error that FromClient and
// FromHub return. ID and To are set when it answers a frame of a call.
type Error struct {
	Code Code
	Text string // English, for logs
	ID   signaling.CallID
	To   string
}

// Error returns the code and the text.
func (e Error) Error() string { return "hub: " + string(e.Code) + ": " + e.Text }
