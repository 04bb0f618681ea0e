package frame

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"parley/signaling"
)

// object reads the members of one JSON object, and keeps the first fault. It
// goes by the exact names of members, unlike encoding/json, which would take
// "TO" for "to".
type object struct {
	members map[string]json.RawMessage
	fault   error
}

func parse(data []byte) (*object, error) {
	// RFC 6455 section 8.1: text that is not UTF-8 is no text.
	if !utf8.Valid(data) {
		return nil, bad("not UTF-8")
	}
	o := &object{}
	if err := json.Unmarshal(data, &o.members); err != nil {
		return nil, bad("not a JSON object: " + err.Error())
	}
	if o.members == nil {
		return nil, bad("not a JSON object: null")
	}
	return o, nil
}

func bad(text string) Error { return Error{Code: BadFrame, Text: text} }

func (o *object) fail(key, format string, args ...any) {
	if o.fault == nil {
		o.fault = bad(fmt.Sprintf("%q %s", key, fmt.Sprintf(format, args...)))
	}
}

// has tells whether key is there and not null.
func (o *object) has(key string) bool {
	raw, ok := o.members[key]
	return ok && string(raw) != "null"
}

// read decodes the member into v and tells whether it was there. A member that
// is not there is a fault when it is required.
func (o *object) read(key string, required bool, v any) bool {
	if !o.has(key) {
		if required {
			o.fail(key, "is missing")
		}
		return false
	}
	if err := json.Unmarshal(o.members[key], v); err != nil {
		o.fail(key, "has the wrong type")
		return false
	}
	return true
}

// text reads a string that is there and not empty.
func (o *object) text(key string, most int) string {
	s := o.optional(key, most)
	if s == "" {
		o.fail(key, "is missing or empty")
	}
	return s
}

// optional reads a string that may be left out, of at most most characters.
func (o *object) optional(key string, most int) string {
	var s string
	o.read(key, false, &s)
	if utf8.RuneCountInString(s) > most {
		o.fail(key, "has over %d characters", most)
		return ""
	}
	return s
}

// name reads the name of a member.
func (o *object) name(key string) string {
	s, ok := Name(o.text(key, MaxName*utf8.UTFMax))
	if !ok {
		o.fail(key, "is not a name")
	}
	return s
}

// shown reads an optional text for people.
func (o *object) shown(key string, most int) string {
	var s string
	o.read(key, false, &s)
	s, ok := visible(s, most)
	if !ok {
		o.fail(key, "has over %d characters, or some that cannot be seen", most)
	}
	return s
}

// inner reads an object that is a required member.
func (o *object) inner(key string) *object {
	in := &object{}
	if o.read(key, true, &in.members) && in.members == nil {
		o.fail(key, "is missing")
	}
	return in
}

// inners reads an array of objects, each by read.
func (o *object) inners(key string, read func(*object)) {
	var list []map[string]json.RawMessage
	o.read(key, true, &list)
	for i, members := range list {
		in := &object{members: members}
		read(in)
		o.adopt(fmt.Sprintf("%s[%d]", key, i), in)
	}
}

// adopt makes a fault of an inner object one of o.
func (o *object) adopt(key string, in *object) {
	if in.fault != nil {
		o.fail(key, "is malformed: %v", in.fault)
	}
}

// id reads the id of a call.
func (o *object) id() signaling.CallID {
	s := o.text("call", maxID)
	if len(s) < minID || strings.Trim(s, idLetters) != "" {
		o.fail("call", "is not %d to %d characters of A-Z a-z 0-9 _ -", minID, maxID)
		return ""
	}
	return signaling.CallID(s)
}

const (
	minID     = 16
	maxID     = 64
	idLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
)
