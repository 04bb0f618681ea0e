package wire

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// ProxyFunc chooses the proxy of a connection, nil for none; it suits
// Options.Proxy and http.Transport alike.
type ProxyFunc func(*http.Request) (*url.URL, error)

// ErrProxy is returned by Proxy for what is no address of a proxy.
var ErrProxy = errors.New("wire: not an address of a proxy (http:// or socks5://)")

// Proxy returns the proxy that a text names: http://[user:password@]host:port,
// asked with CONNECT (RFC 9110 section 9.3.6), or socks5://[user:password@]host:port
// (RFC 1928, RFC 1929), which looks names up by itself. "direct" is none at all.
// With "" the environment decides: HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
func Proxy(text string) (ProxyFunc, error) {
	switch text = strings.TrimSpace(text); text {
	case "":
		return http.ProxyFromEnvironment, nil
	case "direct":
		return func(*http.Request) (*url.URL, error) { return nil, nil }, nil //nolint:nilnil // net/http's way to say no proxy
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, ErrProxy // the text may hold a password
	}
	if u.Scheme = strings.TrimSuffix(u.Scheme, "h"); u.Scheme != "http" && u.Scheme != "socks5" {
		return nil, ErrProxy
	}
	if u.Hostname() == "" || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%w: %s", ErrProxy, u.Redacted())
	}
	return http.ProxyURL(u), nil
}
