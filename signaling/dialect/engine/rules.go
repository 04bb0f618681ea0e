package engine

import (
	"maps"
	"slices"
	"strings"

	"parley/media"
	"parley/signaling"
	"parley/signaling/dialect/profile"
	"parley/signaling/dialect/value"
)

// arrival is what a rule found in a frame.
type arrival struct {
	do          profile.Action
	rule        *profile.Rule
	frame       any
	talk        *talk // that the frame answers, where it does
	from        any   // an id
	name        string
	display     string
	kind        media.Kind // zero where the frame does not tell
	description *signaling.Description
	candidates  []signaling.Candidate
	text, code  string
	ref         any
	keep        map[string]any
}

// matches tells whether a rule is of a frame.
func (e *Engine) matches(r *profile.Rule, via string, frame any) bool {
	return viaOf(r.Via) == via && e.allHold(r.Match, frame)
}

func (e *Engine) allHold(all []profile.Condition, frame any) bool {
	for i := range all {
		if !all[i].Holds(frame, e.lookup(scope{})) {
			return false
		}
	}
	return true
}

// read finds what a rule says is in a frame. It fails where that is not what
// the rule takes it for.
func (e *Engine) read(r *profile.Rule, frame any) (*arrival, bool) {
	a := &arrival{do: r.Do, rule: r, frame: frame}
	if from, ok := find(r.From, frame); ok && from != nil {
		if a.name, ok = e.ids.heard(from); !ok {
			return nil, false
		}
		a.from = from
	}
	a.display = textAt(r.Name, frame, maxName)
	a.text = textAt(r.Text, frame, maxText)
	a.code = textAt(r.Code, frame, maxWord)
	a.kind = e.kindAt(r, frame)
	if ref, ok := find(r.Ref, frame); ok {
		if _, ok := textID(ref); ok {
			a.ref = ref
		}
	}
	a.keep = e.captured(r.Keep, frame)
	return a, a.contents(r)
}

// contents reads the description or the candidates.
func (a *arrival) contents(r *profile.Rule) bool {
	switch a.do {
	case profile.DoSignal:
		return a.signal(r)
	case profile.DoCandidate:
		return a.readCandidates(r)
	case profile.DoOffer:
		return a.describe(r, signaling.Offer) && a.description != nil
	case profile.DoAnswer:
		return a.describe(r, signaling.Answer) && a.description != nil
	case profile.DoInvite:
		return a.describe(r, signaling.Offer)
	case profile.DoAccept:
		return a.describe(r, signaling.Answer)
	default:
		return true
	}
}

// describe reads the description, whose type may not be another one.
func (a *arrival) describe(r *profile.Rule, t signaling.DescriptionType) bool {
	v, ok := find(r.SDP, a.frame)
	if !ok || v == nil {
		return true
	}
	d, ok := readDescription(v)
	if d.Type == "" {
		d.Type = t
	}
	if !ok || d.Type != t {
		return false
	}
	a.description = &d
	return true
}

func (a *arrival) readCandidates(r *profile.Rule) bool {
	v, ok := find(r.Candidate, a.frame)
	if !ok && r.Candidate != nil {
		return false
	}
	a.candidates, ok = readCandidates(v)
	return ok
}

// signal reads what says itself what it is, as the objects of simple-peer do.
func (a *arrival) signal(r *profile.Rule) bool {
	path := r.SDP
	if path == nil {
		path = r.Candidate
	}
	v, ok := find(path, a.frame)
	if path == nil {
		v, ok = a.frame, true
	}
	if !ok {
		return false
	}
	if d, ok := readDescription(v); ok {
		a.do, a.description = profile.DoOffer, &d
		if d.Type == signaling.Answer {
			a.do = profile.DoAnswer
		}
		return d.Type != ""
	}
	if wish(v) {
		a.do = profile.DoIgnore
		return true
	}
	a.do = profile.DoCandidate
	a.candidates, ok = readCandidates(v)
	return ok
}

// wish tells whether an object only asks for another offer: simple-peer's
// renegotiate and transceiverRequest.
func wish(v any) bool {
	if s, ok := v.(string); ok {
		v, _ = unpack(s)
	}
	object, _ := v.(map[string]any)
	word, _ := object["type"].(string)
	return object["renegotiate"] != nil || object["transceiverRequest"] != nil ||
		word == "renegotiate" || word == "transceiverRequest"
}

// kindAt finds a word of Kinds.
func (e *Engine) kindAt(r *profile.Rule, frame any) media.Kind {
	v, ok := find(r.Kind, frame)
	switch word, text := value.Text(v); {
	case !ok || !text || word == "":
	case word == e.profile.Kinds.Audio:
		return media.Audio
	case word == e.profile.Kinds.Video:
		return media.Video
	}
	return 0
}

// captured reads what is to be kept, leaving out what is too large.
func (e *Engine) captured(paths map[string]value.Path, frame any) map[string]any {
	var out map[string]any
	for _, key := range slices.Sorted(maps.Keys(paths)) {
		v, ok := paths[key].Find(frame)
		if !ok || v == nil {
			continue
		}
		if written, err := value.Encode(v); err != nil || len(written) > maxKept {
			continue
		}
		if out == nil {
			out = map[string]any{}
		}
		out[key] = v
	}
	return out
}

// reason reads why something was refused.
func (e *Engine) reason(r *profile.Rule, frame any, otherwise string) (code, text string) {
	code = textAt(r.Code, frame, maxWord)
	for _, other := range []string{r.Code0, otherwise} {
		if code == "" {
			code = other
		}
	}
	return code, textAt(r.Text, frame, maxText)
}

func find(p *value.Path, frame any) (any, bool) {
	if p == nil {
		return nil, false
	}
	return p.Find(frame)
}

// textAt finds a text for people.
func textAt(p *value.Path, frame any, most int) string {
	v, _ := find(p, frame)
	s, _ := value.Text(v)
	return signaling.Line(s, most)
}

// missed counts what no rule is for.
type missed struct {
	frames int
	last   string
}

// NotUnderstood counts frames that no rule matched, and tells the last one's
// shape: its member names, or its event, without what they hold.
func (e *Engine) NotUnderstood() (count int, last string) { return e.missed.frames, e.missed.last }

func (e *Engine) misunderstood(frame any) {
	if object, _ := frame.(map[string]any); object["event"] == "connect" {
		return // Socket.IO's own, for who wants it
	}
	e.missed.frames++
	e.missed.last = signaling.Line(shape(frame), maxShape)
}

func shape(frame any) string {
	switch v := frame.(type) {
	case nil:
		return "null"
	case bool:
		return "bool"
	case string:
		return "text"
	case []any:
		return "list"
	case map[string]any:
		if event, ok := v["event"].(string); ok {
			return event
		}
		names := slices.Sorted(maps.Keys(v))
		return strings.Join(names[:min(len(names), maxShape)], " ")
	}
	return "number"
}
