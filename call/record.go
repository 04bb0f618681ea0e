package call

import (
	"time"

	"parley/media"
	"parley/signaling"
)

// Contact is somebody the user keeps.
type Contact struct {
	Address signaling.Address
	Name    string
	Starred bool
	Added   time.Time
}

// Record is one call that is over, for the history.
type Record struct {
	ID       signaling.CallID
	Remote   signaling.Address
	Name     string // of the remote, as it was shown
	Role     Role
	Kind     media.Kind
	Started  time.Time     // when it began to ring
	Answered bool          // it became live
	Duration time.Duration // of the live part
	End      Reason
	Seen     bool // the user has looked at it, for missed calls
}

// Missed reports whether this is a call the user should be told about.
func (r Record) Missed() bool { return r.Role == Callee && !r.Answered && r.End == Missed }
