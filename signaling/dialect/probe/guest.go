package probe

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"maps"
	"math/big"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/signaling/dialect/profile"
	"parley/signaling/dialect/route"
	"parley/signaling/dialect/value"
	"parley/signaling/wire/socketio"
)

// guest is somebody made up, who knocks at a server as a profile says.
type guest struct {
	profile *profile.Profile
	typed   *url.URL
	random  string
	name    string
}

func newGuest(p *profile.Profile, typed *url.URL) guest {
	g := guest{profile: p, typed: typed, random: rand.Text(), name: rand.Text()}
	if p.Peers.IDs == profile.IntegerID {
		g.name = digits()
	}
	return g
}

// digits is a number that hardly anybody has.
func digits() string {
	n, err := rand.Int(rand.Reader, big.NewInt(9e8))
	if err != nil {
		return "987654321" // rand.Reader does not fail
	}
	return strconv.FormatInt(1e8+n.Int64(), 10)
}

// lookup returns the values of variables. What a user would have to tell, other
// than a name and a room, has none.
func (g guest) lookup(name string) (any, bool) {
	space, key, _ := strings.Cut(name, ".")
	switch {
	case name == "random":
		return g.random, true
	case name == "uuid":
		return uuid(), true
	case name == "now":
		return json.Number(strconv.FormatInt(time.Now().UnixMilli(), 10)), true
	case name == "host":
		return g.typed.Host, true
	case name == "hostname":
		return profile.Hostname(g.typed), true
	case name == "self.name", name == "param.name", name == "param.room":
		return g.name, true
	case name == "self":
		return g.self()
	case space == "param":
		for _, p := range g.profile.Params {
			if p.Key == key && p.Default != "" {
				return p.For(g.typed), true
			}
		}
	}
	return nil, false
}

func (g guest) self() (any, bool) {
	if g.profile.Peers.Self == nil || slices.Contains(g.profile.Peers.Self.Names(), "self") {
		return nil, false
	}
	v, err := g.fill(*g.profile.Peers.Self)
	return v, err == nil
}

// uuid is one of RFC 9562 version 4.
func uuid() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // does not fail
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	hex := make([]byte, 0, 36)
	for i, c := range b {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			hex = append(hex, '-')
		}
		hex = append(hex, "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
	}
	return string(hex)
}

func (g guest) fill(t value.Template) (any, error) { return t.Expand(g.lookup) }

// door is the guest's way through a channel. It fails where that needs what only
// a user can tell.
func (g guest) door(c profile.Channel) (door, error) {
	u, err := route.Socket(g.typed, c, g.fill)
	if err != nil {
		return door{}, err
	}
	header, err := route.Header(c, g.fill)
	if err != nil {
		return door{}, err
	}
	d := door{url: u, header: header, subprotocols: c.Subprotocols}
	if c.Kind != profile.SocketIO {
		return d, nil
	}
	d.events = &socketio.Options{EIO: cmp.Or(c.EIO, 4), Namespace: c.Namespace}
	if c.Auth != nil {
		d.events.Auth, err = g.fill(*c.Auth)
	}
	return d, err
}

// same tells whether two doors are one.
func same(a, b door) bool {
	if (a.events == nil) != (b.events == nil) || a.events != nil && !sameEvents(*a.events, *b.events) {
		return false
	}
	return strings.TrimSuffix(a.url, "/") == strings.TrimSuffix(b.url, "/") && slices.Equal(a.subprotocols, b.subprotocols) &&
		maps.EqualFunc(a.header, b.header, slices.Equal)
}

func sameEvents(a, b socketio.Options) bool {
	return strings.Trim(a.Namespace, "/") == strings.Trim(b.Namespace, "/") && reflect.DeepEqual(a.Auth, b.Auth)
}

// hold tells whether a frame fulfils all conditions.
func (g guest) hold(conditions []profile.Condition, frame any) bool {
	for i := range conditions {
		if !conditions[i].Holds(frame, g.lookup) {
			return false
		}
	}
	return len(conditions) > 0
}
