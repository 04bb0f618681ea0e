package wire

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// What Normalize has against an address.
var (
	ErrNoHost   = errors.New("wire: an address needs a host, like wss://example.org")
	ErrScheme   = errors.New("wire: an address begins with wss, ws, https or http")
	ErrUserInfo = errors.New("wire: an address holds no name and password")
	ErrFragment = errors.New("wire: an address has no part after #")
	ErrAddress  = errors.New("wire: not an address")
)

// Normalize returns the URL of the WebSocket that somebody means who types
// address. Without a scheme, that is wss; http is ws and https is wss. Path and
// query stay, except for a path that is a slash only. The error is one of the
// above, possibly wrapped, and repeats nothing that may be secret.
func Normalize(address string) (string, error) {
	address = strings.TrimSpace(address)
	if address == "" {
		return "", ErrNoHost
	}
	if !HasScheme(address) {
		address = "wss://" + bracket(strings.TrimPrefix(address, "//"))
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", ErrAddress
	}
	switch u.Scheme { // in lower case already
	case "ws", "wss":
	case "http":
		u.Scheme = "ws"
	case "https":
		u.Scheme = "wss"
	default:
		return "", fmt.Errorf("%w, not with %s", ErrScheme, u.Scheme)
	}
	switch {
	case u.User != nil:
		return "", ErrUserInfo
	case u.Fragment != "" || strings.HasSuffix(address, "#"):
		return "", ErrFragment
	}
	if err := checkHost(u); err != nil {
		return "", err
	}
	u.Host = strings.ToLower(strings.TrimSuffix(u.Host, ":"))
	if u.Path == "/" {
		u.Path = ""
	}
	return u.String(), nil
}

// HasScheme tells whether whoever typed address chose how to get there.
func HasScheme(address string) bool { return strings.Contains(address, "://") }

// bracket puts brackets around an IPv6 address that stands alone.
func bracket(address string) string {
	host, rest := address, ""
	if i := strings.IndexAny(address, "/?#"); i >= 0 {
		host, rest = address[:i], address[i:]
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.Is6() && ip.Zone() == "" {
		return "[" + host + "]" + rest
	}
	return address
}

func checkHost(u *url.URL) error {
	host := u.Hostname()
	if host == "" {
		return ErrNoHost
	}
	if strings.ContainsAny(host, " \t\"<>\\^`{|}") {
		return ErrAddress
	}
	if strings.Contains(host, ":") { // of IPv6
		if _, err := netip.ParseAddr(host); err != nil || u.Host[0] != '[' {
			return ErrAddress
		}
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return fmt.Errorf("%w: port %s", ErrAddress, port)
		}
	}
	return nil
}

// Near tells whether a host, with or without a port, is this machine or one of a
// private network (RFC 1918, RFC 4193, RFC 3927), where servers seldom have
// certificates. A name counts when it cannot be one of the public Internet (RFC
// 6761, RFC 6762, RFC 8375): it has no dot, or ends like localhost or local.
func Near(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if ip, err := netip.ParseAddr(host); err == nil {
		ip = ip.Unmap()
		return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast()
	}
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	if name == "" {
		return false
	}
	if !strings.Contains(name, ".") {
		return true
	}
	for _, end := range []string{".localhost", ".local", ".home.arpa", ".internal", ".lan"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}
