package session_test

import (
	"testing"
	"time"

	"parley/call"
	"parley/call/session"
)

// tape is a Recorder that remembers what it is ordered to do.
type tape struct{ orders []session.RecordOrder }

func (t *tape) Apply(o session.RecordOrder) { t.orders = append(t.orders, o) }

// isTold says that the other side of ann's call told something, and hears us.
func (p *person) isTold(a call.Aside) {
	p.Post(session.AsideHeard{ID: p.now().Call.ID, Aside: a})
}

func (p *person) records(on bool) {
	p.w.t.Helper()
	if got := p.now().Recording; got.On != on || got.Since.IsZero() == on {
		p.w.t.Errorf("records: %+v", got)
	}
}

func TestRecord(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann, ben := w.person("ann"), w.person("ben")
		ann.Post(session.RecordCall{On: true})
		ann.records(false) // there is no call
		w.talk(ann, ben)
		ann.isTold(call.Aside{})
		ann.Post(session.RecordCall{On: true})
		ann.Post(session.RecordCall{On: true})
		ann.records(true)
		id := ann.now().Call.ID
		if o := ann.tape.orders; len(o) != 1 || o[0] != (session.RecordOrder{ID: id, Name: "ben"}) {
			t.Errorf("ordered %+v", o)
		}
		ann.Post(session.RecordCall{})
		ann.records(false)
		ann.Post(session.RecordCall{On: true})
		ben.Post(session.Hangup{})
		ann.ended(call.RemoteHangup)
		ann.records(false)
		if o := ann.tape.orders; len(o) != 4 || o[3] != (session.RecordOrder{}) {
			t.Errorf("ordered %+v", o)
		}
		saved := session.Saved{Kind: session.SavedRecording, Path: "/x.webm", Parts: 1, At: time.Now()}
		ann.Post(saved)
		if got := ann.now().Saved; got != saved {
			t.Errorf("saved %+v", got)
		}
	})
}

// Who cannot tell the other side is warned first.
func TestRecord_Untold(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann, ben := w.person("ann"), w.person("ben")
		w.talk(ann, ben)
		ann.Post(session.RecordCall{On: true})
		ann.records(false)
		if !ann.noticed(session.NoticeRecordUntold) || len(ann.tape.orders) != 0 {
			t.Errorf("not warned, or recorded: %+v", ann.tape.orders)
		}
		ann.Post(session.RecordCall{On: true, Untold: true})
		ann.records(true)
		if ann.noticed(session.NoticeRecordUntold) {
			t.Error("still warned")
		}
	})
}

func TestRecord_TheOtherSideDoes(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann, ben := w.person("ann"), w.person("ben")
		w.talk(ann, ben)
		ann.Post(session.AsideHeard{ID: "another", Aside: call.Aside{Recording: true}})
		if ann.now().Recording.Theirs {
			t.Error("another call's")
		}
		ann.isTold(call.Aside{Recording: true})
		if r := ann.now().Recording; !r.Theirs || !r.Told {
			t.Errorf("%+v", r)
		}
		ann.isTold(call.Aside{})
		if ann.now().Recording.Theirs {
			t.Error("it ended")
		}
		ann.isTold(call.Aside{Recording: true})
		ann.Post(session.Hangup{})
		ann.ended(call.LocalHangup)
		if r := ann.now().Recording; r != (session.CallRecording{}) {
			t.Errorf("after the call: %+v", r)
		}
	})
}

func TestRecord_EndsByItself(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann, ben := w.person("ann"), w.person("ben")
		w.talk(ann, ben)
		ann.isTold(call.Aside{})
		ann.Post(session.RecordCall{On: true})
		ann.Post(session.RecordingEnded{ID: "another", Notice: session.Notice{Code: "recordingSlow"}})
		ann.records(true)
		ann.Post(session.RecordingEnded{ID: ann.now().Call.ID, Notice: session.Notice{Code: "recordingDiskFull"}})
		ann.records(false)
		if !ann.noticed("recordingDiskFull") || len(ann.tape.orders) != 2 {
			t.Errorf("ordered %+v", ann.tape.orders)
		}
	})
}
