package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"

	"parley/signaling/wire"
)

// origin is one host and port, and how it wants to be spoken to.
type origin struct {
	options Options
	base    *url.URL // ws or wss, with the typed path and query
	tls     *tls.Config
	client  *http.Client
	hello   hello

	connected *atomic.Bool // something could be connected to
}

// hello is what an origin answered to the first request.
type hello struct {
	status  int    // of HTTP; 0: it did not answer as HTTP
	healthy string // what is at /healthz, with status 200
}

// lookAt looks at one host and port: with TLS first, unless the user said
// otherwise, and without it only where nobody can be between.
func lookAt(ctx context.Context, o Options, u *url.URL) result {
	typed := wire.HasScheme(o.Address)
	r := lookWith(ctx, o, u)
	host := map[string]string{"host": u.Host}
	switch {
	case u.Scheme == "ws":
		return betterEncrypted(ctx, o, u, r)
	case r.rank > unreachable || !r.saidNotTLS():
		return r
	case typed || !wire.Near(u.Hostname()):
		return r
	}
	plain := *u
	plain.Scheme = "ws"
	if r = lookWith(ctx, o, &plain); r.rank >= unknown {
		r.add("plain", host)
	}
	return r
}

// saidNotTLS tells whether there is something, but no TLS.
func (r *result) saidNotTLS() bool {
	return len(r.report.Findings) > 0 && r.report.Findings[0].Code == "notEncrypted"
}

// betterEncrypted tries TLS where a server was not found without it.
func betterEncrypted(ctx context.Context, o Options, u *url.URL, r result) result {
	if r.rank >= unknown {
		if !wire.Near(u.Hostname()) {
			r.add("unencrypted", map[string]string{"host": u.Host})
		}
		return r
	}
	encrypted := *u
	encrypted.Scheme = "wss"
	if e := lookWith(ctx, o, &encrypted); e.rank >= unknown {
		e.add("encrypted", map[string]string{"host": u.Host})
		return e
	}
	return r
}

// lookWith looks at one host and port with the scheme of u.
func lookWith(ctx context.Context, o Options, u *url.URL) result {
	at := &origin{options: o, base: u, tls: o.TLS, connected: &atomic.Bool{}}
	var findings []Finding
	err := at.knock(ctx)
	fingerprint := ""
	if f, ok := wire.Unvouched(err); ok && !errors.Is(err, wire.ErrFingerprint) {
		// Nothing secret is said while looking, so that can go on.
		fingerprint = f.String()
		findings = append(findings, unvouched(u, fingerprint, err))
		at.tls = f.Pin()
		err = at.knock(ctx)
	}
	if err != nil {
		o.Log.Debug("no answer", "err", err)
		return result{report: Report{Findings: append(findings, at.failure(err))}}
	}
	r := at.look(ctx)
	r.report.Fingerprint = fingerprint
	r.report.Findings = append(findings, r.report.Findings...)
	return r
}

// unvouched tells what is wrong with a certificate.
func unvouched(u *url.URL, fingerprint string, err error) Finding {
	code := "certificate"
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &name):
		code = "certificateName"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		code = "certificateExpired"
	}
	return Finding{code, map[string]string{"host": u.Host, "fingerprint": fingerprint}}
}

// look finds out what is there; if nothing is at the typed path, without it.
func (at *origin) look(ctx context.Context) result {
	r := at.search(ctx)
	if r.rank >= unknown || at.base.Path == "" && at.base.RawQuery == "" {
		return r
	}
	bare := *at
	bare.base = &url.URL{Scheme: at.base.Scheme, Host: at.base.Host}
	if again := bare.search(ctx); again.rank >= unknown {
		return again
	}
	return r
}

// search finds out what is at the base.
func (at *origin) search(ctx context.Context) result {
	if at.isHub(ctx) {
		r := at.found("hub", known)
		r.report.Profile = "hub"
		r.add("hub", nil)
		return r
	}
	return at.searchServers(ctx)
}

// found begins the report of a server. Its URL names the port where a profile
// could mean another.
func (at *origin) found(transport string, k rank) result {
	u := *at.base
	if u.Scheme == "ws" && u.Port() == "" {
		u.Host = net.JoinHostPort(u.Hostname(), "80")
	}
	return result{k, Report{URL: u.String(), Encrypted: u.Scheme == "wss", Transport: transport}}
}
