package station

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"time"

	"parley/signaling"
	"parley/signaling/dialect/probe"
	"parley/signaling/wire"
)

// recognizer finds out what dialect a server speaks.
type recognizer struct {
	station *Station
	server  Server
}

// Why there is no connection to a server that was looked at.
var (
	errUnrecognized = errors.New("station: no profile describes what the server says")
	errNoServer     = errors.New("station: something is there, but no signaling server")
	errCertificate  = errors.New("station: nobody vouches for the certificate")
)

// The pauses between tries to reach a server whose dialect is not known.
const (
	firstPause   = time.Second
	longestPause = 15 * time.Second
)

// speak looks at the server until it is recognised; the line is then made anew
// with its dialect.
func (r recognizer) speak(ctx context.Context, _ func(signaling.Client), heard func(signaling.Event)) error {
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		report, err := r.look(ctx)
		switch {
		case ctx.Err() != nil:
			return nil //nolint:nilerr // the end was asked for
		case err != nil:
			return refused(heard, signaling.Fault{Server: r.server.URL, Code: "server-setup", Err: err})
		case report.Profile != "":
			r.station.log.Info("server recognised", "profile", report.Profile)
			r.station.recognized(r.server, report.Profile)
			return nil
		case report.URL != "":
			return refused(heard, signaling.Fault{Server: r.server.URL, Code: "server-unknown", Err: errUnrecognized})
		}
		heard(signaling.Unlinked{Server: r.server.URL, Cause: r.cause(ctx, report), Retry: pause})
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

// look probes the server as it will be connected.
func (r recognizer) look(ctx context.Context) (probe.Report, error) {
	trust, err := wire.Trust{Roots: r.server.CA, Fingerprint: r.server.Fingerprint}.Config()
	if err != nil {
		return probe.Report{}, err
	}
	proxy, err := wire.Proxy(r.server.Proxy)
	if err != nil {
		return probe.Report{}, err
	}
	known, _ := Profiles(r.station.dir) // what is wrong with others has been told
	return probe.Run(ctx, probe.Options{
		Address: r.server.URL, Profiles: known, TLS: trust, Proxy: proxy, Log: r.station.log,
	})
}

// cause is why nothing could be used that is there, as connections have it.
func (r recognizer) cause(ctx context.Context, report probe.Report) error {
	if report.Fingerprint != "" {
		return &tls.CertificateVerificationError{Err: errCertificate}
	}
	u, err := url.Parse(r.server.URL)
	if err != nil {
		return err
	}
	port := map[string]string{"ws": "80", "wss": "443"}[u.Scheme]
	dialer := net.Dialer{Timeout: time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), port)))
	if err != nil {
		return err
	}
	_ = conn.Close()
	return errNoServer
}
