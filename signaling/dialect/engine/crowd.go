package engine

import (
	"slices"
	"strings"
	"time"

	"parley/signaling"
	"parley/signaling/dialect/profile"
	"parley/signaling/dialect/value"
)

// crowd is who is on the server, or in the room, as far as it tells.
type crowd struct {
	known bool // it told
	some  bool // in a room: somebody else is there
	all   []person
	told  []signaling.Member // by the last Here
	said  bool
}

type person struct {
	id         any
	name, show string
}

// empty tells whether nobody else is there for sure.
func (c *crowd) empty() bool { return c.known && !c.some }

func (c *crowd) present(some bool) {
	c.known, c.some = true, some
	if !some {
		c.all = nil
	}
}

// last returns the id of who was heard of last, or nil.
func (c *crowd) last() any {
	if len(c.all) == 0 {
		return nil
	}
	return c.all[len(c.all)-1].id
}

func (c *crowd) add(p person) {
	c.remove(p.name)
	if len(c.all) < maxPeople {
		c.all = append(c.all, p)
	}
}

func (c *crowd) remove(name string) {
	c.all = slices.DeleteFunc(c.all, func(p person) bool { return p.name == name })
}

// seen takes somebody's word as a sign that they are there.
func (e *Engine) seen(a *arrival) {
	if !e.inRoom() || a.do == profile.DoUnavailable || a.do == profile.DoBye {
		return
	}
	if a.from != nil {
		e.crowd.add(person{a.from, a.name, a.display})
	}
	if e.crowd.known && !e.crowd.some {
		e.crowd.some = true
		e.tellHere()
	}
}

// roster takes the complete list.
func (e *Engine) roster(a *arrival) {
	r := a.rule
	if r.Members == nil {
		return
	}
	e.crowd.all = nil
	for _, item := range r.Members.All(a.frame) {
		id := item
		if r.ID != nil {
			id, _ = r.ID.Find(item)
		}
		name, ok := e.ids.heard(id)
		if ok && !e.isSelf(id) {
			e.crowd.add(person{id, name, textAt(r.Name, item, maxName)})
		}
	}
	e.crowd.known, e.crowd.some = true, len(e.crowd.all) > 0
	e.tellHere()
}

// came takes one who comes: into a room where joining rings, they may call.
func (e *Engine) came(a *arrival) {
	if a.from != nil && e.isSelf(a.from) || a.from == nil && !e.inRoom() {
		return
	}
	if a.from != nil {
		e.crowd.add(person{a.from, a.name, a.display})
	}
	e.crowd.known, e.crowd.some = true, true
	e.tellHere()
	if e.kept != nil && e.kept.arrival.from == nil {
		e.kept = nil // most rooms are of two: its maker went
	}
	if e.inRoom() {
		e.arrived(a)
	}
}

// arrived follows somebody into a room.
func (e *Engine) arrived(a *arrival) {
	t := e.talks[e.room()]
	switch {
	case t != nil && t.stage == waiting && e.profile.Flow.Offer == profile.ByNewcomer:
		if t.offer.IsZero() {
			t.offer = e.now.Add(newcomerLimit) // theirs goes before ours
		}
	case t != nil && t.stage == waiting:
		e.ringHeld(t)
	case t != nil && t.stage == calling && t.to == nil && e.profile.Flow.Offer == profile.ByMember:
		e.ringAgain(t)
	case t == nil && e.profile.Flow.Offer == profile.ByMember:
		e.coming = comer{a, e.now.Add(comerPause)}
	}
}

// comer is one who just came where joining rings. Another Parley says at once
// that it only sits there, so the ring waits a moment for that.
type comer struct {
	arrival *arrival // nil for none
	ring    time.Time
}

// seated takes the word, or the going, of who came as a sign not to ring.
func (e *Engine) seated(a *arrival) {
	if c := e.coming.arrival; c != nil && (a.from == nil || e.sameID(c.from, a.from)) {
		e.coming = comer{}
	}
}

// ringHeld says the invite that waited for somebody to hear it.
func (e *Engine) ringHeld(t *talk) {
	e.aim(t)
	if err := e.ringOut(t); err != nil {
		e.fault("profile-lacks", err)
	}
}

// ringAgain repeats an offer that nobody took, since it may have gone out before
// anybody was there.
func (e *Engine) ringAgain(t *talk) {
	said := t.said
	t.said = nil
	if err := e.ringOut(t); err != nil {
		e.fault("profile-lacks", err)
		return
	}
	for _, c := range said {
		_ = e.sayCandidate(t, c) // descriptions have candidates, too
	}
}

// walkedOut notes that whoever says goodbye in a room where joining rings has
// left it, where there is no other sign of that.
func (e *Engine) walkedOut(a *arrival) {
	if a.do != profile.DoBye || !e.inRoom() || !e.joining() || e.hears(profile.DoGone) || !e.crowd.known {
		return
	}
	if a.from != nil {
		e.crowd.remove(a.name)
	} else {
		e.crowd.all = nil
	}
	e.crowd.some = len(e.crowd.all) > 0
	e.tellHere()
}

// gone takes one who left.
func (e *Engine) gone(a *arrival) {
	e.forgetKept(a)
	e.seated(a)
	if a.from != nil {
		e.crowd.remove(a.name)
	} else {
		e.crowd.all = nil
	}
	e.crowd.known, e.crowd.some = true, len(e.crowd.all) > 0
	if key, ok := e.key(a); ok {
		if t := e.talks[key]; t != nil && !e.stranger(t, a) {
			e.left(t)
		}
	}
	e.tellHere()
}

// left ends a call that is not answered and whose other end is not there any
// more. In one that is, the media tell better.
func (e *Engine) left(t *talk) {
	switch {
	case t.stage == waiting, t.stage == calling && e.inRoom() && t.to == nil && e.crowd.some:
		return // of others
	case t.stage != live:
		e.giveUp(t)
		return
	}
	e.post(t, signaling.Unavailable{Code: "gone"})
}

// giveUp ends a call that nobody is there to answer. The server may still think
// that it rings.
func (e *Engine) giveUp(t *talk) {
	e.dropTalk(t)
	if t.stage == calling && !e.inRoom() {
		_ = e.say(profile.SayCancel, scope{talk: t}) // best effort
	}
	e.post(t, signaling.Unavailable{Code: "gone"})
}

// tellHere says who can be called, where that changed.
func (e *Engine) tellHere() {
	if !e.ready || !e.inRoom() && !e.crowd.known {
		return
	}
	here := e.here()
	if e.crowd.said && slices.Equal(here, e.crowd.told) {
		return
	}
	before := e.crowd.told
	e.crowd.told, e.crowd.said = here, true
	e.do(Here{slices.Clone(here)})
	e.abandon(before)
}

func (e *Engine) here() []signaling.Member {
	if e.inRoom() {
		if e.crowd.empty() {
			return nil
		}
		return []signaling.Member{{Address: e.address(e.room()), Name: e.room(), Kind: signaling.Room}}
	}
	all := make([]signaling.Member, 0, len(e.crowd.all))
	for _, p := range e.crowd.all {
		show := p.show
		if show == "" {
			show = signaling.Line(p.name, maxName)
		}
		all = append(all, signaling.Member{Address: e.address(p.name), Name: show, Kind: signaling.Person})
	}
	slices.SortFunc(all, func(a, b signaling.Member) int { return strings.Compare(a.Address.Name, b.Address.Name) })
	return all
}

// abandon ends the calls that nobody answered whose other end was here before
// and is not now, as the session does on its side.
func (e *Engine) abandon(before []signaling.Member) {
	for _, m := range before {
		t := e.talks[m.Address.Name]
		still := slices.ContainsFunc(e.crowd.told, func(n signaling.Member) bool { return n.Address == m.Address })
		if !still && t != nil && (t.stage == calling || t.stage == ringing) {
			e.giveUp(t)
		}
	}
}

// truth reads yes or no in whatever form.
func truth(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	}
	s, _ := value.Text(v)
	return s != "" && s != "0" && !strings.EqualFold(s, "false")
}
