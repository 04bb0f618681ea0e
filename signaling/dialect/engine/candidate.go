package engine

import (
	"encoding/json"
	"strconv"
	"strings"

	"parley/signaling"
	"parley/signaling/dialect/profile"
	"parley/signaling/dialect/value"
)

// candidateVariable writes a candidate as the profile wants it.
func (e *Engine) candidateVariable(c *signaling.Candidate, key string) (any, bool) {
	if c == nil {
		return nil, false
	}
	switch key {
	case "text":
		return c.Candidate, true
	case "mid":
		if c.SDPMid == nil {
			return nil, false
		}
		return *c.SDPMid, true
	case "index":
		if c.SDPMLineIndex == nil {
			return nil, false
		}
		return number(*c.SDPMLineIndex), true
	case "":
		return e.encodeCandidate(c)
	}
	return nil, false
}

func (e *Engine) encodeCandidate(c *signaling.Candidate) (any, bool) {
	object := candidateInit(c)
	if c.Candidate == "" {
		switch e.profile.Candidates.End {
		case profile.EndNull:
			return nil, true
		case profile.EndCompleted:
			object = map[string]any{"completed": true}
		case profile.EndNone, profile.EndEmpty:
		}
	}
	switch e.profile.Candidates.Shape {
	case profile.CandidateLabel:
		if c.Candidate == "" && e.profile.Candidates.End == profile.EndCompleted {
			return object, true
		}
		return candidateLabel(c), true
	case profile.CandidateText:
		return c.Candidate, true
	case profile.CandidateJSON:
		written, err := value.Encode(object)
		return string(written), err == nil
	case profile.CandidateList:
		return []any{object}, true
	case profile.CandidateInit:
	}
	return object, true
}

// candidateInit returns an RTCIceCandidateInit of W3C webrtc-pc.
func candidateInit(c *signaling.Candidate) map[string]any {
	object := map[string]any{"candidate": c.Candidate}
	if c.SDPMid != nil {
		object["sdpMid"] = *c.SDPMid
	}
	if c.SDPMLineIndex != nil {
		object["sdpMLineIndex"] = number(*c.SDPMLineIndex)
	}
	if c.UsernameFragment != nil {
		object["usernameFragment"] = *c.UsernameFragment
	}
	return object
}

func candidateLabel(c *signaling.Candidate) map[string]any {
	object := map[string]any{"candidate": c.Candidate}
	if c.SDPMid != nil {
		object["id"] = *c.SDPMid
	}
	if c.SDPMLineIndex != nil {
		object["label"] = number(*c.SDPMLineIndex)
	}
	return object
}

func number(n uint16) json.Number { return json.Number(strconv.Itoa(int(n))) }

// readCandidates recognises candidates in whatever form pages send them: an
// RTCIceCandidateInit, an object with label and id, either inside of another
// object, the attribute by itself, a list of all that, or its JSON. An empty one
// is the end: null, "" or {"completed": true}.
func readCandidates(v any) ([]signaling.Candidate, bool) {
	r := candidateReader{}
	ok := r.read(v, deepest)
	return r.found, ok && len(r.found) <= maxCandidates
}

type candidateReader struct{ found []signaling.Candidate }

func (r *candidateReader) read(v any, depth int) bool {
	if depth == 0 {
		return false
	}
	switch v := v.(type) {
	case nil:
		r.found = append(r.found, signaling.Candidate{})
		return true
	case string:
		return r.text(v, depth)
	case []any:
		return r.list(v, depth)
	case map[string]any:
		return r.object(v, depth)
	}
	return false
}

func (r *candidateReader) list(v []any, depth int) bool {
	for _, item := range v {
		if len(r.found) > maxCandidates || !r.read(item, depth-1) {
			return false
		}
	}
	return len(v) > 0
}

func (r *candidateReader) text(s string, depth int) bool {
	if attribute, ok := readAttribute(s); ok {
		c := signaling.Candidate{Candidate: attribute}
		if attribute != "" {
			c.SDPMLineIndex = new(uint16)
		}
		r.found = append(r.found, c)
		return true
	}
	inner, ok := unpack(s)
	return ok && r.read(inner, depth-1)
}

// readAttribute takes the candidate attribute (RFC 8839 section 5.1), with or
// without "a=".
func readAttribute(s string) (string, bool) {
	s = strings.TrimPrefix(strings.TrimSpace(s), "a=")
	return s, s == "" || strings.HasPrefix(s, "candidate:") && len(s) <= maxCandidate
}

func (r *candidateReader) object(v map[string]any, depth int) bool {
	if value.Equal(v["completed"], true) {
		r.found = append(r.found, signaling.Candidate{})
		return true
	}
	if s, ok := v["candidate"].(string); ok {
		attribute, ok := readAttribute(s)
		if !ok {
			return false
		}
		r.found = append(r.found, completed(attribute, v))
		return true
	}
	for _, name := range []string{"candidate", "ice", "candidates", "ice_candidate", "iceCandidate"} {
		if inner, ok := v[name]; ok {
			return r.read(inner, depth-1)
		}
	}
	return false
}

// completed reads what is beside the attribute. A browser takes no candidate
// that names no section, so that one is of the first.
func completed(attribute string, v map[string]any) signaling.Candidate {
	c := signaling.Candidate{Candidate: attribute}
	if attribute == "" {
		return c
	}
	for _, name := range []string{"sdpMid", "id"} {
		if mid, ok := value.Text(v[name]); ok && c.SDPMid == nil && len(mid) <= maxID {
			c.SDPMid = &mid
		}
	}
	for _, name := range []string{"sdpMLineIndex", "label"} {
		digits, _ := value.Text(v[name])
		if n, err := strconv.ParseUint(digits, 10, 16); err == nil && c.SDPMLineIndex == nil {
			index := uint16(n)
			c.SDPMLineIndex = &index
		}
	}
	if ufrag, ok := v["usernameFragment"].(string); ok && len(ufrag) <= maxID {
		c.UsernameFragment = &ufrag
	}
	if c.SDPMid == nil && c.SDPMLineIndex == nil {
		c.SDPMLineIndex = new(uint16)
	}
	return c
}

// ufragOf returns the ICE user name that a candidate belongs to, or "".
func ufragOf(c signaling.Candidate) string {
	if c.UsernameFragment != nil && *c.UsernameFragment != "" {
		return *c.UsernameFragment
	}
	fields := strings.Fields(c.Candidate)
	for i := 0; i+1 < len(fields); i++ {
		if fields[i] == "ufrag" {
			return fields[i+1]
		}
	}
	return ""
}
