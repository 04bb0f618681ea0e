package profile

import (
	"net/url"
	"strings"
)

// For returns what a parameter is on a server unless the user says otherwise.
func (p Param) For(server *url.URL) string {
	hostname := server.Hostname()
	if strings.Contains(hostname, ":") {
		hostname = "[" + hostname + "]" // RFC 3986 section 3.2.2
	}
	return strings.NewReplacer("${host}", server.Host, "${hostname}", hostname).Replace(p.Default)
}
