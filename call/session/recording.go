package session

import (
	"time"

	"parley/call"
	"parley/signaling"
)

// Recorder records calls, and tells the other side. Apply returns at once; what
// comes of it is reported by Saved and RecordingEnded inputs.
type Recorder interface{ Apply(RecordOrder) }

// RecordOrder says which call is to be recorded now, if any: a level, so that
// repeating it is harmless.
type RecordOrder struct {
	ID   signaling.CallID // "": none
	Name string           // of the other side, for people
}

// CallRecording is what is known of recordings of the call, ours and the other
// side's. Neither outlasts the call.
type CallRecording struct {
	On     bool
	Since  time.Time // when ours began
	Theirs bool      // the other side records
	// Told says that the other side's program learns when we record; where it does
	// not, as on servers of others with their pages, the user must tell.
	Told bool
}

// Saved is what was put into the user's folders last.
type Saved struct {
	Kind  SavedKind // "" for nothing
	Path  string
	Parts int // files of a recording, of which Path is the first
	At    time.Time
}

// SavedKind tells what was saved.
type SavedKind string

// The kinds.
const (
	SavedPicture   SavedKind = "picture"
	SavedRecording SavedKind = "recording"
)

// NoticeRecordUntold says that recording did not begin, because the other side
// cannot be told; Args: name. RecordCall with Untold set begins it all the same.
const NoticeRecordUntold = "recordUntold"

// SavedNotice is the code by which what is said of Saved is dismissed.
const SavedNotice = "saved"

type (
	// RecordCall begins to record the call, or ends that. Without a call that was
	// accepted it does nothing.
	RecordCall struct {
		On     bool
		Untold bool // although the other side cannot be told
	}
	// SavePicture saves the other side's picture. It is answered by Saved.
	SavePicture struct{}
	// AsideHeard is what the other side of a call tells. The first says that it can be
	// told, too.
	AsideHeard struct {
		ID    signaling.CallID
		Aside call.Aside
	}
	// RecordingEnded says that the recording of a call cannot go on, and why.
	RecordingEnded struct {
		ID     signaling.CallID
		Notice Notice
	}
)

func (RecordCall) input()     {}
func (SavePicture) input()    {}
func (AsideHeard) input()     {}
func (RecordingEnded) input() {}
func (Saved) input()          {}

// record begins or ends what the user wants recorded.
func (s *Session) record(in RecordCall) {
	r := &s.recording
	switch {
	case !in.On:
		r.On, r.Since = false, time.Time{}
	case r.On || !s.state.Live() || s.deps.Recorder == nil:
		return
	case !r.Told && !in.Untold:
		s.notices.add(Notice{Code: NoticeRecordUntold, Args: map[string]string{"name": s.nameOf(s.state.Remote, s.state.ID)}})
		return
	default:
		r.On, r.Since = true, time.Now()
	}
	s.notices.dismiss(NoticeRecordUntold)
}

// recorded takes what is said of recordings. It reports whether that is what in is.
func (s *Session) recorded(in Input) bool {
	switch in := in.(type) {
	case RecordCall:
		s.record(in)
	case AsideHeard:
		if in.ID == s.state.ID && s.state.Live() {
			s.recording.Told, s.recording.Theirs = true, in.Aside.Recording
		}
	case RecordingEnded:
		if in.ID == s.state.ID {
			s.recording.On, s.recording.Since = false, time.Time{}
		}
		s.notices.add(in.Notice)
	case Saved:
		s.saved = in
	default:
		return false
	}
	return true
}

// settleRecording ends recordings with their call, and orders what is to be recorded.
func (s *Session) settleRecording() {
	if !s.state.Live() && s.recording != (CallRecording{}) {
		s.recording = CallRecording{}
		s.notices.dismiss(NoticeRecordUntold)
	}
	order := RecordOrder{}
	if s.recording.On {
		order = RecordOrder{ID: s.state.ID, Name: s.nameOf(s.state.Remote, s.state.ID)}
	}
	if order.ID == s.recordOrder.ID || s.deps.Recorder == nil {
		return
	}
	s.recordOrder = order
	s.deps.Recorder.Apply(order)
}
