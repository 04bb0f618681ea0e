package engine

import (
	"maps"
	"slices"
	"time"

	"parley/media"
	"parley/signaling"
	"parley/signaling/dialect/profile"
	"parley/signaling/dialect/value"
)

// stage is how far a talk has come.
type stage uint8

const (
	waiting stage = iota // our invite waits until somebody is in the room
	calling              // our invite is out
	ringing              // their invite is here
	live                 // one side took the call of the other
)

// talk is one call with one peer. Servers have no ids for calls as a rule, so
// there is one talk for each address.
type talk struct {
	id       signaling.CallID
	peer     signaling.Address
	to       any    // the id that frames are for; nil: everybody in the room
	name     string // of the peer, for people
	kind     media.Kind
	mine     bool // we rang
	reversed bool // the callee offers
	stage    stage
	stale    bool // the connection was lost since

	ref     any  // ${call.ref}
	refSaid bool // the other side can know it
	kept    map[string]any

	began time.Time
	since time.Time // when it became live
	ring  time.Time // when ringing ends

	offered  bool // an offer is out, or theirs was taken
	answered bool // an answer is out, or theirs was taken
	round    int  // of offers
	theirs   string
	ufrags   []string // of their descriptions

	invite signaling.Invite      // ours
	offer  time.Time             // when waiting ends though nobody spoke
	queue  []signaling.Candidate // own ones that wait
	said   []signaling.Candidate // own ones that nobody may have heard
	commit time.Time             // when candidates are to be applied

	rival   *arrival // an invite of theirs that met ours
	yield   time.Time
	refused []string // ICE users of an offer of theirs that ours overrode
}

// refuse leaves it to the other side to answer our call instead of theirs.
func (t *talk) refuse(a *arrival) {
	if a.description != nil {
		t.refused = ufrags(a.description.SDP)
	}
}

// offers tells whether it is for us to offer.
func (t *talk) offers() bool { return t.mine != t.reversed }

func (t *talk) seconds(now time.Time) int64 {
	if t.since.IsZero() {
		return 0
	}
	return max(int64(now.Sub(t.since)/time.Second), 0)
}

// take makes a talk live.
func (t *talk) take(now time.Time) {
	t.stage, t.since, t.ring, t.rival, t.yield = live, now, time.Time{}, nil, time.Time{}
}

// heardSDP remembers a description of theirs.
func (t *talk) heardSDP(sdp string) {
	t.theirs = sdp
	t.ufrags = append(t.ufrags, ufrags(sdp)...)
	if extra := len(t.ufrags) - 8; extra > 0 {
		t.ufrags = slices.Delete(t.ufrags, 0, extra)
	}
}

// fits tells whether a candidate can be of this talk: those of others in a room,
// and of past calls, name ICE users that no description of this one knows.
func (t *talk) fits(c signaling.Candidate) bool {
	ufrag := ufragOf(c)
	return ufrag == "" || len(t.ufrags) == 0 || slices.Contains(t.ufrags, ufrag)
}

// key is the name in an arrival's address: the room, in rooms.
func (e *Engine) key(a *arrival) (string, bool) {
	if e.inRoom() {
		return e.room(), true
	}
	return a.name, a.name != ""
}

func (e *Engine) inRoom() bool { return e.profile.Peers.Kind == profile.Room }

func (e *Engine) room() string { return e.param("room") }

// newTalk makes a talk, in place of one with the same peer.
func (e *Engine) newTalk(key string, id signaling.CallID) *talk {
	t := &talk{id: id, peer: e.address(key), began: e.now, ref: e.options.Random()}
	if !e.inRoom() {
		t.to = e.jsonID(key)
	}
	if e.talks[key] == nil && len(e.talks) >= maxTalks {
		e.forgetOldest()
	}
	e.talks[key], e.coming = t, comer{}
	return t
}

// forgetOldest makes room for a talk, if it can do so without ending one.
func (e *Engine) forgetOldest() {
	oldest := ""
	for key, t := range e.talks {
		old := e.talks[oldest]
		if t.stage != live && (old == nil || t.began.Before(old.began) || t.began.Equal(old.began) && key < oldest) {
			oldest = key
		}
	}
	delete(e.talks, oldest)
}

// incomingID makes the id of a call that comes in. The machine of package call
// settles collisions by the larger id; since they are settled here, whatever is
// handed on has to win.
func (e *Engine) incomingID() signaling.CallID { return signaling.CallID("~" + e.options.Random()) }

// dropTalk forgets a talk if it is still the one with its peer.
func (e *Engine) dropTalk(t *talk) {
	if e.talks[t.peer.Name] == t {
		delete(e.talks, t.peer.Name)
	}
}

// ringLimit starts the clock of the server's users.
func (e *Engine) ringLimit(t *talk) {
	if limit := e.profile.Flow.Ring; limit > 0 {
		t.ring = e.now.Add(limit)
	}
}

// talkOf finds the talk that an arrival belongs to. An arrival of somebody else
// in the room, or of another call of the same person, belongs to none.
func (e *Engine) talkOf(a *arrival) *talk {
	if a.talk != nil {
		return a.talk
	}
	key, ok := e.key(a)
	if !ok {
		return e.unnamed(a)
	}
	t := e.talks[key]
	if t == nil || e.stranger(t, a) || !t.refers(a.ref) {
		return nil
	}
	return t
}

// stranger tells whether an arrival is from somebody else in the room than t's
// peer.
func (e *Engine) stranger(t *talk, a *arrival) bool {
	return e.inRoom() && t.to != nil && a.from != nil && !value.Equal(t.to, a.from)
}

// refers tells whether the server's id of a call can be that of t.
func (t *talk) refers(ref any) bool {
	return ref == nil || !t.refSaid || value.Equal(ref, t.ref)
}

// unnamed finds the talk of an arrival that does not say who it is from: by the
// server's id, or else the one that it is most likely about.
func (e *Engine) unnamed(a *arrival) *talk {
	var found *talk
	for _, t := range e.talks {
		if t.refers(a.ref) && (found == nil || t.likelier(found, a.do)) {
			found = t
		}
	}
	return found
}

// likelier tells whether a word is about t rather than about other: words to a
// caller are about the call that is out, others about the one that is on; else
// the younger call counts.
func (t *talk) likelier(other *talk, do profile.Action) bool {
	first := live
	switch do {
	case profile.DoRinging, profile.DoAccept, profile.DoAnswer, profile.DoDecline, profile.DoBusy, profile.DoUnavailable:
		first = calling
	default:
	}
	switch {
	case (t.stage == first) != (other.stage == first):
		return t.stage == first
	case !t.began.Equal(other.began):
		return t.began.After(other.began)
	}
	return t.id > other.id
}

// learn takes what an arrival tells of its call's peer.
func (e *Engine) learn(t *talk, a *arrival) {
	if a.ref != nil {
		t.ref, t.refSaid = a.ref, true
	}
	if a.from != nil {
		t.to = a.from
	}
	if a.display != "" {
		t.name = a.display
	}
	t.keep(a)
}

// keep takes what is kept while the call stands.
func (t *talk) keep(a *arrival) {
	if len(a.keep) > 0 && t.kept == nil {
		t.kept = map[string]any{}
	}
	maps.Copy(t.kept, a.keep)
}
