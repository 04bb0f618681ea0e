package engine

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/signaling"
	"parley/signaling/dialect/profile"
	"parley/signaling/dialect/value"
)

// ids remembers how the server wrote the ids that it said.
type ids struct{ seen map[string]any }

// textID returns an id as an address has it.
func textID(v any) (string, bool) {
	s, ok := value.Text(v)
	if _, truth := v.(bool); truth || !ok || s == "" || len(s) > maxID || !utf8.ValidString(s) {
		return "", false
	}
	return s, !strings.ContainsFunc(s, unicode.IsControl)
}

// heard takes an id that the server said.
func (i *ids) heard(v any) (string, bool) {
	s, ok := textID(v)
	if !ok {
		return "", false
	}
	if i.seen == nil || len(i.seen) >= maxPeople {
		i.seen = map[string]any{}
	}
	i.seen[s] = v
	return s, true
}

// jsonID writes an id of an address as the profile wants it.
func (e *Engine) jsonID(name string) any {
	switch e.profile.Peers.IDs {
	case profile.IntegerID:
		if _, err := strconv.ParseInt(name, 10, 64); err == nil {
			return json.Number(name)
		}
	case profile.PreserveID:
		if v, ok := e.ids.seen[name]; ok {
			return v
		}
	case profile.StringID:
	}
	return name
}

// selfID is our own id.
func (e *Engine) selfID() (any, bool) {
	if e.self != nil {
		return e.self, true
	}
	if e.profile.Peers.Self == nil {
		return nil, false
	}
	v, err := e.profile.Peers.Self.Expand(e.lookup(scope{inner: true}))
	if err != nil {
		return nil, false
	}
	name, ok := textID(v)
	if !ok {
		return nil, false
	}
	if e.profile.Peers.IDs == profile.IntegerID {
		return e.jsonID(name), true
	}
	return v, true
}

// selfName is what others read.
func (e *Engine) selfName() (string, bool) {
	if t := e.profile.Peers.Name; t != nil {
		if v, err := t.Expand(e.lookup(scope{inner: true})); err == nil {
			if s, ok := value.Text(v); ok {
				return s, true
			}
		}
	}
	for _, s := range []string{e.options.Display, e.param("name")} {
		if s != "" {
			return s, true
		}
	}
	if id, ok := e.selfID(); ok {
		return textID(id)
	}
	return "", false
}

// isSelf tells whether an id is our own.
func (e *Engine) isSelf(id any) bool {
	if id == nil {
		return false
	}
	self, ok := e.selfID()
	return ok && value.Equal(self, id) || value.Equal(e.random, id)
}

func (e *Engine) address(name string) signaling.Address {
	return signaling.Address{Server: e.options.Server, Name: name}
}
