package probe

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"parley/signaling/dialect/profile"
	"parley/signaling/dialect/route"
	"parley/signaling/dialect/value"
)

// scene is a server of a certain kind, as far as it has been seen.
type scene struct {
	kind      profile.ChannelKind
	eio       int
	anonymous greeting // for somebody who knows no profile
	visitors  []visitor
}

// recognise finds the profile of a server: by what it says of itself, or else by
// what it says upon the profiles' probes.
func (at *origin) recognise(ctx context.Context, s scene) result {
	matched := s.byGreeting()
	if len(matched) == 0 {
		matched = at.byProbes(ctx, s.visitors)
	}
	r := at.found(string(s.kind), unknown)
	r.report.EIO = s.eio
	r.report.Heard = s.heard()
	r.report.Candidates = s.candidates(matched)
	if len(matched) > 0 {
		r.known(matched[0])
	} else {
		r.tellUnknown(s)
	}
	return r
}

// candidates are the names of profiles that the server may have: those that fit
// first, then those whose way leads to it.
func (s scene) candidates(matched []*profile.Profile) []string {
	var names []string
	for _, p := range matched {
		names = append(names, p.Name)
	}
	for _, v := range s.visitors {
		if name := v.guest.profile.Name; v.greeting.open && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// known reports the profile that fits.
func (r *result) known(p *profile.Profile) {
	r.rank = known
	r.report.Profile = p.Name
	for _, param := range p.Params {
		if param.Required && param.Default == "" {
			r.report.Missing = append(r.report.Missing, param)
		}
	}
	r.add("recognised", map[string]string{"profile": p.Name})
	if p.Unproven {
		r.add("unproven", nil)
	}
}

// tellUnknown tells what is known of a server whose kind is not.
func (r *result) tellUnknown(s scene) {
	switch {
	case s.kind == profile.WebSocket:
		r.add("websocket", nil)
	case s.eio == 3:
		r.add("socketioOld", nil)
	default:
		r.add("socketio", nil)
	}
	if s.anonymous.refusal != "" {
		r.add("notLetIn", map[string]string{"text": clean(s.anonymous.refusal)})
	}
	if r.report.Heard != "" {
		r.add("heard", map[string]string{"shape": r.report.Heard})
	}
}

// heard is the shape of the first thing that the server said by itself.
func (s scene) heard() string {
	for _, g := range append([]greeting{s.anonymous}, greetings(s.visitors)...) {
		if len(g.frames) > 0 {
			return shape(g.frames[0])
		}
	}
	return ""
}

func greetings(all []visitor) []greeting {
	out := make([]greeting, len(all))
	for i, v := range all {
		out[i] = v.greeting
	}
	return out
}

// byGreeting returns the profiles that a server's own words fit.
func (s scene) byGreeting() []*profile.Profile {
	var matched []*profile.Profile
	for _, v := range s.visitors {
		if slices.ContainsFunc(v.guest.profile.Probes, func(p profile.Probe) bool {
			return len(p.Say) == 0 && slices.ContainsFunc(v.greeting.frames, func(f any) bool { return v.guest.hold(p.Hear, f) })
		}) {
			matched = append(matched, v.guest.profile)
		}
	}
	return matched
}

// byProbes returns the profiles whose probes the server answers as they say. All
// are tried at once, each as somebody else; when one fits, the others have only
// a moment more.
func (at *origin) byProbes(ctx context.Context, visitors []visitor) []*profile.Profile {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	tried := make(chan int, len(visitors)) // who fits, or -1
	for i, v := range visitors {
		go func() {
			if !slices.ContainsFunc(v.guest.profile.Probes, func(p profile.Probe) bool {
				return len(p.Say) > 0 && at.try(ctx, v, p)
			}) {
				i = -1
			}
			tried <- i
		}()
	}
	var fit []int
	var late <-chan time.Time
	for waiting := len(visitors); waiting > 0; {
		select {
		case i := <-tried:
			waiting--
			if i < 0 {
				continue
			}
			if fit = append(fit, i); late == nil {
				late = time.After(moment)
			}
		case <-late:
			cancel()
		}
	}
	slices.Sort(fit)
	var matched []*profile.Profile
	for _, i := range fit {
		matched = append(matched, visitors[i].guest.profile)
	}
	return matched
}

// try says what a probe says on a new connection, and tells whether what comes
// fits.
func (at *origin) try(ctx context.Context, v visitor, p profile.Probe) bool {
	ctx, cancel := context.WithTimeout(ctx, opening+replied)
	defer cancel()
	var c *conversation
	if slices.ContainsFunc(p.Say, func(f profile.Frame) bool { return f.Via == profile.Main || f.Via == "" }) {
		if !v.greeting.open {
			return false
		}
		var err error
		if c, err = at.open(ctx, v.door); err != nil {
			return false
		}
		defer c.close()
		if c.enter(ctx) != nil {
			return false
		}
	}
	for _, f := range p.Say {
		answer, ok := at.say(ctx, v.guest, c, f)
		if !ok {
			return false
		}
		if answer != nil && v.guest.hold(p.Hear, answer) {
			return true
		}
	}
	if c == nil {
		return false
	}
	frames := c.listen(ctx, replied, func(f any) bool { return v.guest.hold(p.Hear, f) })
	return len(frames) > 0 && v.guest.hold(p.Hear, frames[len(frames)-1])
}

// say says one frame of a probe, and returns what HTTP answers at once.
func (at *origin) say(ctx context.Context, g guest, c *conversation, f profile.Frame) (answer any, ok bool) {
	body, err := g.fill(f.Body)
	if err != nil {
		return nil, false
	}
	channel := g.profile.Channels[f.Via]
	switch {
	case f.Via == profile.Main || f.Via == "":
		return nil, c.say(body) == nil
	case channel.Kind == profile.HTTP:
		return at.ask(ctx, g, channel, body)
	}
	return nil, false // of no use to be recognised by
}

// ask says an HTTP request and returns its answer as dialects see it.
func (at *origin) ask(ctx context.Context, g guest, c profile.Channel, frame any) (any, bool) {
	r, err := route.NewRequest(at.base, c, frame, g.fill)
	if err != nil {
		return nil, false
	}
	var body io.Reader
	if r.Body != nil {
		body = bytes.NewReader(r.Body)
	}
	status, text, err := at.get(ctx, r, body)
	if err != nil {
		return nil, false
	}
	answer := map[string]any{"status": json.Number(strconv.Itoa(status))}
	if v, err := value.Decode(text); err == nil {
		answer["body"] = v
	} else if utf8.Valid(text) {
		answer["body"] = string(text)
	}
	return answer, true
}
