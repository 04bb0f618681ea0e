package engine

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"parley/media"
	"parley/signaling"
	"parley/signaling/dialect/profile"
	"parley/signaling/dialect/value"
)

// scope is what the variables of one frame speak of.
type scope struct {
	talk        *talk
	to          any // somebody else than the talk's peer
	description *signaling.Description
	candidate   *signaling.Candidate
	text        string
	inner       bool // for our own id and name, which cannot be made of themselves
}

// Fill fills a template of a channel, with what is known now.
func (e *Engine) Fill(t value.Template) (any, error) { return t.Expand(e.lookup(scope{})) }

// lookup returns the values of variables.
func (e *Engine) lookup(s scope) func(string) (any, bool) {
	return func(name string) (any, bool) {
		space, key, _ := strings.Cut(name, ".")
		switch space {
		case "param":
			v := e.param(key)
			return v, v != ""
		case "var":
			v, ok := e.vars[key]
			return v, ok
		case "call":
			return e.callVariable(s, key)
		case "self":
			return e.selfVariable(s, key)
		case "to":
			return e.toVariable(s, key)
		case "sdp":
			return e.sdpVariable(s.description, key)
		case "candidate":
			return e.candidateVariable(s.candidate, key)
		}
		return e.plainVariable(name)
	}
}

// param is what the user told, or the profile's default; "" for nothing.
func (e *Engine) param(key string) string {
	if v := e.options.Params[key]; v != "" {
		return v
	}
	for i := range e.profile.Params {
		if e.profile.Params[i].Key == key {
			return e.profile.Params[i].Default
		}
	}
	return ""
}

func (e *Engine) plainVariable(name string) (any, bool) {
	switch name {
	case "uuid":
		return e.uuid(), true
	case "random":
		return e.random, true
	case "now":
		return json.Number(strconv.FormatInt(e.now.UnixMilli(), 10)), true
	case "host", "hostname":
		u, err := url.Parse(e.options.Server)
		if err != nil || u.Host == "" {
			return nil, false
		}
		if name == "host" {
			return u.Host, true
		}
		return profile.Hostname(u), true
	}
	return nil, false
}

func (e *Engine) selfVariable(s scope, key string) (any, bool) {
	switch {
	case key == "name" && !s.inner:
		return e.selfName()
	case key == "" && (!s.inner || e.self != nil):
		return e.selfID()
	}
	return nil, false
}

func (e *Engine) toVariable(s scope, key string) (any, bool) {
	switch {
	case key == "name" && s.talk != nil && s.talk.name != "":
		return s.talk.name, true
	case key == "name" && s.talk != nil:
		return textID(s.talk.to)
	case key != "":
		return nil, false
	case s.to != nil:
		return s.to, true
	case s.talk != nil:
		return s.talk.to, s.talk.to != nil
	}
	return nil, false
}

func (e *Engine) callVariable(s scope, key string) (any, bool) {
	t := s.talk
	if t == nil {
		return nil, false
	}
	switch key {
	case "kind":
		word := e.profile.Kinds.Video
		if t.kind == media.Audio {
			word = e.profile.Kinds.Audio
		}
		return word, word != ""
	case "duration":
		return json.Number(strconv.FormatInt(t.seconds(e.now), 10)), true
	case "text":
		return s.text, true
	case "ref":
		t.refSaid = true
		return t.ref, t.ref != nil
	}
	v, ok := t.kept[key]
	return v, ok
}

// uuid makes a version 4 UUID (RFC 9562 section 5.4).
func (e *Engine) uuid() string {
	b := e.chance()
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:16])
}

// chance returns random bytes.
func (e *Engine) chance() [sha256.Size]byte { return sha256.Sum256([]byte(e.options.Random())) }
