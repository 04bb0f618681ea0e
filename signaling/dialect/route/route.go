// Package route says where the channels of a profile lead, seen from the
// address that the user typed: the URL of a WebSocket, or an HTTP request with
// its header and body. It is pure.
//
// It may import signaling/dialect/profile, signaling/dialect/value and
// signaling/wire/socketio.
package route

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"parley/signaling/dialect/profile"
	"parley/signaling/dialect/value"
	"parley/signaling/wire/socketio"
)

// ErrAddress is why a channel leads nowhere. It does not repeat the address,
// which may hold a secret.
var ErrAddress = errors.New("route: not an address")

// Fill fills a template of a channel with what is known of the connection.
type Fill func(value.Template) (any, error)

// Socket returns the URL of a channel's WebSocket. A path that the user typed
// goes before the profile's.
func Socket(typed *url.URL, c profile.Channel, fill Fill) (string, error) {
	base, err := base(typed, c, fill)
	if err != nil {
		return "", err
	}
	query, err := texts(c.Query, fill)
	if err != nil {
		return "", fmt.Errorf("route: query: %w", err)
	}
	if c.Kind == profile.SocketIO {
		values := url.Values{}
		for key, v := range query {
			values.Set(key, v)
		}
		return socketio.URL(base.String(), c.Path, values, cmp.Or(c.EIO, 4))
	}
	base.Scheme = scheme(base, "ws", "wss")
	if base.Path == "" || base.Path == "/" {
		base.Path = cmp.Or(c.Path, "/")
	}
	with(base, query)
	return base.String(), nil
}

// Header returns what a channel wants to have in the header of its requests.
func Header(c profile.Channel, fill Fill) (http.Header, error) {
	members, err := texts(c.Header, fill)
	if err != nil {
		return nil, fmt.Errorf("route: header: %w", err)
	}
	header := http.Header{}
	for key, v := range members {
		header.Set(key, v)
	}
	return header, nil
}

// Request is an HTTP request that waits to be said.
type Request struct {
	Method, URL string
	Header      http.Header
	Body        []byte // JSON; nil for none
}

// NewRequest makes a request of {"method", "path", "query", "header", "body"}.
func NewRequest(typed *url.URL, c profile.Channel, frame any, fill Fill) (Request, error) {
	members, ok := frame.(map[string]any)
	if !ok {
		return Request{}, errors.New("route: a frame of HTTP that is no object")
	}
	r := Request{Method: http.MethodGet}
	if method, ok := value.Text(members["method"]); ok {
		r.Method = method
	}
	var err error
	if r.URL, err = page(typed, c, members, fill); err != nil {
		return Request{}, err
	}
	if r.Header, err = Header(c, fill); err != nil {
		return Request{}, err
	}
	if body := members["body"]; body != nil {
		if r.Body, err = value.Encode(body); err != nil {
			return Request{}, fmt.Errorf("route: body: %w", err)
		}
		r.Header.Set("Content-Type", "application/json")
	}
	for key, v := range textsOf(members["header"]) {
		r.Header.Set(key, v)
	}
	return r, nil
}

// page is the address of a request. Without an address in the profile it is on
// the server that the user typed; the path there is the socket's, not the pages'.
func page(typed *url.URL, c profile.Channel, frame map[string]any, fill Fill) (string, error) {
	u, err := base(typed, c, fill)
	if err != nil {
		return "", err
	}
	if c.URL == nil {
		u.Path, u.RawPath, u.RawQuery = c.Path, "", ""
	}
	u.Scheme = scheme(u, "http", "https")
	path, _ := value.Text(frame["path"])
	u.Path = strings.TrimRight(u.Path, "/") + "/" + strings.TrimLeft(path, "/")
	general, err := texts(c.Query, fill)
	if err != nil {
		return "", fmt.Errorf("route: query: %w", err)
	}
	with(u, general)
	with(u, textsOf(frame["query"]))
	return u.String(), nil
}

// base is where a channel leads: where the profile says, or where the user did.
func base(typed *url.URL, c profile.Channel, fill Fill) (*url.URL, error) {
	if c.URL == nil {
		u := *typed
		return &u, nil
	}
	filled, err := fill(*c.URL)
	if err != nil {
		return nil, fmt.Errorf("route: url: %w", err)
	}
	text, _ := value.Text(filled)
	u, err := typed.Parse(text)
	if err != nil {
		return nil, ErrAddress
	}
	return u, nil
}

// scheme returns the scheme of plain or of encrypted connections.
func scheme(u *url.URL, plain, encrypted string) string {
	if u.Scheme == "wss" || u.Scheme == "https" {
		return encrypted
	}
	return plain
}

// texts fills templates of which each is a text.
func texts(templates map[string]value.Template, fill Fill) (map[string]string, error) {
	filled := make(map[string]any, len(templates))
	for key, t := range templates {
		v, err := fill(t)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		filled[key] = v
	}
	return textsOf(filled), nil
}

// textsOf returns the members of an object that have a text.
func textsOf(object any) map[string]string {
	members, _ := object.(map[string]any)
	out := make(map[string]string, len(members))
	for key, v := range members {
		if text, ok := value.Text(v); ok {
			out[key] = text
		}
	}
	return out
}

// with adds parameters to an address.
func with(u *url.URL, query map[string]string) {
	if len(query) == 0 {
		return
	}
	all := u.Query()
	for key, v := range query {
		all.Set(key, v)
	}
	u.RawQuery = all.Encode()
}
