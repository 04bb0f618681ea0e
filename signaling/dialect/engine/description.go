package engine

import (
	"encoding/base64"
	"strings"

	"parley/media"
	"parley/signaling"
	"parley/signaling/dialect/profile"
	"parley/signaling/dialect/value"
)

// sdpVariable writes a description as the profile wants it.
func (e *Engine) sdpVariable(d *signaling.Description, key string) (any, bool) {
	if d == nil {
		return nil, false
	}
	object := map[string]any{"type": string(d.Type), "sdp": d.SDP}
	switch key {
	case "text":
		return d.SDP, true
	case "type":
		return string(d.Type), true
	case "":
		return encodeObject(object, e.profile.SDP)
	}
	return nil, false
}

func encodeObject(object map[string]any, as profile.SDPEncoding) (any, bool) {
	if as == profile.SDPText {
		return object["sdp"], true
	}
	if as != profile.SDPJSON && as != profile.SDPBase64 {
		return object, true
	}
	written, err := value.Encode(object)
	if err != nil {
		return nil, false
	}
	if as == profile.SDPBase64 {
		return base64.StdEncoding.EncodeToString(written), true
	}
	return string(written), true
}

// deepest is how many wrappings a description or a candidate can have.
const deepest = 4

// sdpMembers are names under which a description is wrapped once more.
func sdpMembers() []string {
	return []string{"sdp", "description", "session_description", "sessionDescription", "offer", "answer", "jsep", "signal"}
}

// readDescription recognises a description in whatever form pages send it: an
// object, its JSON, base64 of that, or the SDP by itself, whose type is then "".
func readDescription(v any) (signaling.Description, bool) {
	return readDescriptionIn(v, deepest)
}

func readDescriptionIn(v any, depth int) (signaling.Description, bool) {
	if depth == 0 {
		return signaling.Description{}, false
	}
	switch v := v.(type) {
	case string:
		if isSDP(v) {
			return signaling.Description{SDP: v}, len(v) <= maxSDP
		}
		if inner, ok := unpack(v); ok {
			return readDescriptionIn(inner, depth-1)
		}
	case map[string]any:
		return readObject(v, depth)
	}
	return signaling.Description{}, false
}

func readObject(v map[string]any, depth int) (signaling.Description, bool) {
	for _, name := range sdpMembers() {
		inner, ok := v[name]
		if !ok {
			continue
		}
		d, ok := readDescriptionIn(inner, depth-1)
		if !ok {
			continue
		}
		if d.Type == "" {
			d.Type = typeIn(v, name)
		}
		return d, true
	}
	return signaling.Description{}, false
}

// typeIn returns the type of the SDP that is a member of v.
func typeIn(v map[string]any, member string) signaling.DescriptionType {
	if member == "offer" || member == "answer" {
		return signaling.DescriptionType(member)
	}
	word, _ := v["type"].(string)
	switch t := signaling.DescriptionType(strings.ToLower(word)); t {
	case signaling.Offer, signaling.Answer:
		return t
	}
	return ""
}

func isSDP(s string) bool { return strings.HasPrefix(strings.TrimLeft(s, " \r\n\t"), "v=0") }

// unpack reads JSON in a string, or base64 of JSON.
func unpack(s string) (any, bool) {
	if len(s) > 2*maxSDP {
		return nil, false
	}
	text := []byte(strings.TrimSpace(s))
	if !looksJSON(text) {
		if text = unbase64(string(text)); !looksJSON(text) {
			return nil, false
		}
	}
	v, err := value.Decode(text)
	return v, err == nil
}

func looksJSON(text []byte) bool {
	return len(text) > 1 && (text[0] == '{' || text[0] == '[' || text[0] == '"')
}

func unbase64(s string) []byte {
	s = strings.TrimRight(s, "=")
	encoding := base64.RawStdEncoding
	if strings.ContainsAny(s, "-_") {
		encoding = base64.RawURLEncoding
	}
	out, err := encoding.DecodeString(s)
	if err != nil {
		return nil
	}
	return out
}

// sameSDP compares descriptions that may have gone through other hands.
func sameSDP(a, b string) bool { return plainSDP(a) == plainSDP(b) }

func plainSDP(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r", "")) }

// sdpLines returns the values of all lines that begin so.
func sdpLines(sdp, prefix string) []string {
	var out []string
	for line := range strings.Lines(sdp) {
		if rest, ok := strings.CutPrefix(line, prefix); ok {
			out = append(out, strings.TrimSpace(rest))
		}
	}
	return out
}

// ufrags returns the ICE user names of a description (RFC 8839 section 5.4).
func ufrags(sdp string) []string { return sdpLines(sdp, "a=ice-ufrag:") }

// sameSession tells whether two descriptions are of one peer connection: their
// origin lines name the same session (RFC 8866 section 5.2).
func sameSession(a, b string) bool {
	one, other := session(a), session(b)
	return one != "" && one == other
}

func session(sdp string) string {
	for _, origin := range sdpLines(sdp, "o=") {
		if fields := strings.Fields(origin); len(fields) == 6 {
			return fields[0] + " " + fields[1]
		}
	}
	return ""
}

// kindOf returns what a description can carry: sound only where it has no
// picture, or refuses it.
func kindOf(sdp string) media.Kind {
	kind := media.Video
	for _, section := range strings.Split(sdp, "\nm=")[1:] {
		fields := strings.Fields(section)
		switch {
		case len(fields) < 2:
		case fields[0] == "video" && fields[1] != "0" && !strings.Contains(section, "a=inactive"):
			return media.Video
		case fields[0] == "audio", fields[0] == "video":
			kind = media.Audio
		}
	}
	return kind
}
