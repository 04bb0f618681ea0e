package session

import (
	"cmp"
	"crypto/tls"
	"errors"
	"net"
	"slices"
	"strings"
	"syscall"
	"time"

	"parley/call"
	"parley/signaling"
)

// The codes of Server.Cause. A server that says itself why it will not have us
// (signaling.Fault) gives the cause by its code, as notices have it: "nameTaken".
const (
	CauseLost        = "lost"        // the connection broke
	CauseRefused     = "refused"     // nothing listens there
	CauseUnknownHost = "unknownHost" // there is no such name
	CauseTimeout     = "timeout"     // no answer
	CauseCertificate = "certificate" // TLS: not to be trusted
	CauseProxy       = "proxy"       // the proxy on the way does not lead there
)

// server is what is known of one server.
type server struct {
	Server
	members []signaling.Member
	fault   string // code of the last fault
	faulty  time.Time
}

// faultLimit is how soon after a fault a connection ends because of it.
const faultLimit = 2 * time.Second

// servers holds what is known of each server, by URL, and what snapshots show
// of it all.
type servers struct {
	known  map[string]server
	list   []Server           // sorted by URL
	people []signaling.Member // others, on all servers, sorted by name
}

func newServers() servers { return servers{known: map[string]server{}} }

// change replaces what is known of a server.
func (v *servers) change(url string, change func(*server)) {
	s := v.known[url]
	s.URL = url
	change(&s)
	v.known[url] = s
	v.renew()
}

// forget drops what is known of a server.
func (v *servers) forget(url string) {
	delete(v.known, url)
	v.renew()
}

// renew makes what snapshots show. Where nobody has a name, as in rooms, we are
// not among the others.
func (v *servers) renew() {
	v.list, v.people = nil, nil
	for _, s := range v.known {
		v.list = append(v.list, s.Server)
		for _, m := range s.members {
			if s.Self.Address.Name == "" || m.Address != s.Self.Address {
				v.people = append(v.people, m)
			}
		}
	}
	slices.SortFunc(v.list, func(a, b Server) int { return cmp.Compare(a.URL, b.URL) })
	slices.SortFunc(v.people, byName)
}

func (v *servers) linked(e signaling.Linked) {
	v.change(e.Server, func(s *server) {
		s.Up, s.Cause, s.RetryAt = true, "", time.Time{}
		s.Self, s.Capabilities, s.Profile = e.Self, e.Capabilities, e.Profile
	})
}

func (v *servers) counted(e signaling.Counted) {
	v.change(e.Server, func(s *server) { s.NotUnderstood, s.LastUnknown = e.Frames, e.Last })
}

// unlinked forgets who is there: nobody can be rung.
func (v *servers) unlinked(e signaling.Unlinked) {
	v.change(e.Server, func(s *server) {
		s.Up, s.members = false, nil
		s.Cause, s.RetryAt = causeOf(e.Cause), time.Time{}
		if s.fault != "" && time.Since(s.faulty) < faultLimit {
			s.Cause = s.fault
		}
		if e.Retry > 0 {
			s.RetryAt = time.Now().Add(e.Retry)
		}
	})
}

// fault notes what may be the reason, if the connection ends now.
func (v *servers) fault(e signaling.Fault) {
	v.change(e.Server, func(s *server) { s.fault, s.faulty = faultCode(e.Code), time.Now() })
}

func (v *servers) roster(e signaling.Roster) {
	v.change(e.Server, func(s *server) { s.members = slices.Clone(e.Members) })
}

// url completes the name of a server: where none is said, the only one is meant,
// or the first that is connected.
func (v *servers) url(said string) string {
	if said != "" || len(v.list) == 0 {
		return said
	}
	if up := slices.IndexFunc(v.list, func(s Server) bool { return s.Up }); up >= 0 {
		return v.list[up].URL
	}
	return v.list[0].URL
}

// resolve completes and corrects an address as a user may write it, without the
// server or in another case, by who is there, or else by the contacts on servers
// that are connected: a room can be rung before anybody is in it.
func (v *servers) resolve(a signaling.Address, contacts []call.Contact) signaling.Address {
	var known []signaling.Address
	for _, m := range v.people {
		known = append(known, m.Address)
	}
	for _, c := range contacts {
		if v.known[c.Address.Server].Up {
			known = append(known, c.Address)
		}
	}
	exactly := func(a, b string) bool { return a == b }
	for _, equal := range []func(a, b string) bool{exactly, strings.EqualFold} {
		i := slices.IndexFunc(known, func(k signaling.Address) bool {
			return equal(k.Name, a.Name) && (a.Server == "" || k.Server == a.Server)
		})
		if i >= 0 {
			return known[i]
		}
	}
	a.Server = v.url(a.Server)
	return a
}

// member finds somebody who is there.
func (v *servers) member(a signaling.Address) (signaling.Member, bool) {
	i := slices.IndexFunc(v.people, func(m signaling.Member) bool { return m.Address == a })
	if i < 0 {
		return signaling.Member{}, false
	}
	return v.people[i], true
}

func byName(a, b signaling.Member) int {
	return cmp.Or(
		cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)),
		cmp.Compare(a.Address.Name, b.Address.Name),
		cmp.Compare(a.Address.Server, b.Address.Server),
	)
}

func isOffline(err error) bool { return errors.Is(err, signaling.ErrOffline) }

// causeOf returns the code of why there is no connection.
func causeOf(err error) string {
	var (
		host    *net.DNSError
		trust   *tls.CertificateVerificationError
		waiting net.Error
	)
	switch {
	case errors.Is(err, signaling.ErrProxy):
		return CauseProxy
	case errors.As(err, &trust):
		return CauseCertificate
	case errors.Is(err, syscall.ECONNREFUSED):
		return CauseRefused
	case errors.As(err, &host) && host.IsNotFound:
		return CauseUnknownHost
	case errors.As(err, &waiting) && waiting.Timeout():
		return CauseTimeout
	}
	return CauseLost
}
