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

// servers holds what is known of each server, by URL.
type servers map[string]server

func (v servers) linked(e signaling.Linked) {
	s := v[e.Server]
	s.Server = Server{URL: e.Server, Up: true, Self: e.Self, Capabilities: e.Capabilities}
	v[e.Server] = s
}

// unlinked forgets who is there: nobody can be rung.
func (v servers) unlinked(e signaling.Unlinked) {
	s := v[e.Server]
	s.URL, s.Up, s.members = e.Server, false, nil
	s.Cause, s.RetryAt = causeOf(e.Cause), time.Time{}
	if s.fault != "" && time.Since(s.faulty) < faultLimit {
		s.Cause = s.fault
	}
	if e.Retry > 0 {
		s.RetryAt = time.Now().Add(e.Retry)
	}
	v[e.Server] = s
}

// fault notes what may be the reason, if the connection ends now.
func (v servers) fault(e signaling.Fault) {
	s := v[e.Server]
	s.URL, s.fault, s.faulty = e.Server, faultCode(e.Code), time.Now()
	v[e.Server] = s
}

func (v servers) roster(e signaling.Roster) {
	s := v[e.Server]
	s.URL, s.members = e.Server, slices.Clone(e.Members)
	v[e.Server] = s
}

// resolve completes an address that leaves out the server, as it may where
// there is only one.
func (v servers) resolve(a signaling.Address) signaling.Address {
	if _, known := v[a.Server]; !known && a.Server == "" && len(v) == 1 {
		for url := range v {
			a.Server = url
		}
	}
	return a
}

// list returns the servers sorted by URL.
func (v servers) list() []Server {
	var all []Server
	for _, s := range v {
		all = append(all, s.Server)
	}
	slices.SortFunc(all, func(a, b Server) int { return cmp.Compare(a.URL, b.URL) })
	return all
}

// others returns the members of all servers but ourselves, sorted by name.
func (v servers) others() []signaling.Member {
	var all []signaling.Member
	for _, s := range v {
		for _, m := range s.members {
			if m.Address != s.Self.Address {
				all = append(all, m)
			}
		}
	}
	slices.SortFunc(all, func(a, b signaling.Member) int {
		return cmp.Or(
			cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)),
			cmp.Compare(a.Address.Name, b.Address.Name),
			cmp.Compare(a.Address.Server, b.Address.Server),
		)
	})
	return all
}

// member finds somebody who is there.
func (v servers) member(a signaling.Address) (signaling.Member, bool) {
	members := v[a.Server].members
	i := slices.IndexFunc(members, func(m signaling.Member) bool { return m.Address == a })
	if i < 0 {
		return signaling.Member{}, false
	}
	return members[i], true
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
