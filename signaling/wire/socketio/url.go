package socketio

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// DefaultPath is where servers listen unless they are told otherwise.
const DefaultPath = "/socket.io/"

// URL returns the address of the WebSocket. base is the address of the server
// (ws, wss, http or https); its path, if it has one, goes before path, and an
// empty path is DefaultPath. base's query and query go along.
func URL(base, path string, query url.Values, eio int) (string, error) {
	u, err := url.Parse(base)
	if err != nil {
		return "", fmt.Errorf("socketio: %w", err)
	}
	switch u.Scheme {
	case "http":
		u.Scheme = "ws"
	case "https":
		u.Scheme = "wss"
	case "ws", "wss":
	default:
		return "", fmt.Errorf("socketio: %q is not an address of a server", u.Redacted())
	}
	if u.Host == "" {
		return "", errors.New("socketio: an address without a host")
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = path
	}
	if u.Path == "" {
		u.Path = DefaultPath
	}
	u.Path = "/" + strings.Trim(u.Path, "/") + "/" // servers compare the beginning, slash included
	u.RawPath = ""
	all := u.Query()
	for key, values := range query {
		all[key] = values
	}
	all.Set("EIO", strconv.Itoa(eio))
	all.Set("transport", "websocket")
	u.RawQuery = all.Encode()
	return u.String(), nil
}
