package engine

import (
	"slices"
	"strings"

	"parley/signaling"
	"parley/signaling/dialect/value"
)

// readICE recognises a list of RTCIceServer, or one, or the JSON of either.
func readICE(v any) ([]signaling.ICEServer, bool) {
	switch v := v.(type) {
	case string:
		inner, ok := unpack(v)
		if _, again := inner.(string); !ok || again {
			return nil, false
		}
		return readICE(inner)
	case map[string]any:
		if inner, ok := v["iceServers"].([]any); ok {
			return readICE(inner)
		}
		return readICE([]any{v})
	case []any:
		var all []signaling.ICEServer
		for _, item := range v {
			if s, ok := readICEServer(item); ok && len(all) < maxICE {
				all = append(all, s)
			}
		}
		return all, true
	}
	return nil, false
}

func readICEServer(v any) (signaling.ICEServer, bool) {
	object, _ := v.(map[string]any)
	var s signaling.ICEServer
	for _, name := range []string{"urls", "url"} {
		switch urls := object[name].(type) {
		case string:
			s.URLs = addURL(s.URLs, urls)
		case []any:
			for _, u := range urls {
				text, _ := u.(string)
				s.URLs = addURL(s.URLs, text)
			}
		}
	}
	s.Username, _ = value.Text(object["username"])
	s.Credential, _ = value.Text(object["credential"])
	return s, len(s.URLs) > 0 && len(s.Username) <= maxURL && len(s.Credential) <= maxURL
}

// addURL adds what RFC 7064 and RFC 7065 define.
func addURL(urls []string, u string) []string {
	scheme, _, _ := strings.Cut(u, ":")
	known := slices.Contains([]string{"stun", "stuns", "turn", "turns"}, strings.ToLower(scheme))
	if !known || len(u) > maxURL || len(urls) >= maxURLs || slices.Contains(urls, u) {
		return urls
	}
	return append(urls, u)
}

func sameICE(a, b []signaling.ICEServer) bool {
	return slices.EqualFunc(a, b, func(x, y signaling.ICEServer) bool {
		return slices.Equal(x.URLs, y.URLs) && x.Username == y.Username && x.Credential == y.Credential
	})
}
