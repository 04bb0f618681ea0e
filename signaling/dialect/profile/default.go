package profile

import (
	"net/url"
	"strings"
)

// For returns what a parameter is on a server unless the user says otherwise.
func (p Param) For(server *url.URL) string {
	return strings.NewReplacer("${host}", server.Host, "${hostname}", Hostname(server)).Replace(p.Default)
}

// Hostname is what ${hostname} stands for: a server's name, or its address as
// URLs have it, which is in brackets for IPv6 (RFC 3986 section 3.2.2).
func Hostname(server *url.URL) string {
	hostname := server.Hostname()
	if strings.Contains(hostname, ":") {
		return "[" + hostname + "]"
	}
	return hostname
}
