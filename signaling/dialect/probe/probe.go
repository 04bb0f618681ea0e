package probe

import (
	"cmp"
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"parley/signaling/dialect/profile"
	"parley/signaling/wire"
)

// Options say where to look. Only Address is required.
type Options struct {
	Address  string             // as typed, see wire.Normalize
	Profiles []*profile.Profile // that can be recognised, the likeliest first
	TLS      *tls.Config        // nil: the system's roots; see wire.Trust
	Proxy    wire.ProxyFunc     // nil: as the environment says
	NetDial  wire.NetDial       // nil: the network
	Within   time.Duration      // the whole takes no longer; 10 s
	Log      *slog.Logger       // nil: none
}

// The times of single steps.
const (
	within  = 10 * time.Second
	opening = 4 * time.Second         // a connection, with its handshakes
	shaking = 2 * time.Second         // of which TLS may take
	greeted = 1200 * time.Millisecond // what a server says by itself comes by then
	replied = 2 * time.Second         // what it says upon a probe
	moment  = 400 * time.Millisecond  // for other probes, once one fits
	linger  = 300 * time.Millisecond
)

// Run looks at a server. What goes wrong is told by Findings; the error is ctx's
// alone.
func Run(ctx context.Context, o Options) (Report, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Proxy == nil {
		o.Proxy, _ = wire.Proxy("")
	}
	u, err := parse(o.Address)
	if err != nil {
		return Report{Findings: []Finding{misspelt(o.Address, err)}}, nil
	}
	hurry, cancel := context.WithTimeout(ctx, cmp.Or(o.Within, within))
	defer cancel()
	best := lookEverywhere(hurry, o, u)
	if err := ctx.Err(); err != nil {
		return Report{}, err
	}
	o.Log.Info("server looked at", "transport", best.report.Transport, "profile", best.report.Profile)
	return best.report, nil
}

func parse(address string) (*url.URL, error) {
	text, err := wire.Normalize(address)
	if err != nil {
		return nil, err
	}
	return url.Parse(text)
}

// rank orders results by how much they tell.
type rank int

const (
	unreachable rank = iota
	reachable        // something is there
	unknown          // a server of some kind
	known            // whose kind is known
)

type result struct {
	rank   rank
	report Report
}

// add appends a finding.
func (r *result) add(code string, args map[string]string) {
	r.report.Findings = append(r.report.Findings, Finding{code, args})
}

// lookEverywhere looks at all ports that may be meant, and returns the best result.
func lookEverywhere(ctx context.Context, o Options, u *url.URL) result {
	candidates := ports(o, u)
	best := lookAtPorts(ctx, o, u, candidates)
	switch near := wire.Near(u.Hostname()); {
	case len(candidates) > 1 && best.rank == unreachable && best.report.Findings[0].Code == "refused":
		best.report.Findings = []Finding{{"noPort", map[string]string{"host": u.Hostname()}}}
	case len(candidates) > 1:
		best.tellPort()
	case near && best.rank == reachable: // pages, or an API, of a server that has its sockets elsewhere
		beside := lookAtPorts(ctx, o, u, profilePorts(o, u.Port()))
		if beside.rank == known {
			beside.tellPort()
			return beside
		}
	}
	return best
}

// lookAtPorts looks at several ports of a host at once.
func lookAtPorts(ctx context.Context, o Options, u *url.URL, ports []string) result {
	results := make([]result, len(ports)+1) // the last one for none
	var looking sync.WaitGroup
	for i, port := range ports {
		at := *u
		if port != "" {
			at.Host = net.JoinHostPort(u.Hostname(), port)
		}
		looking.Go(func() { results[i] = lookAt(ctx, o, &at) })
	}
	looking.Wait()
	return slices.MaxFunc(results, func(a, b result) int { return cmp.Compare(a.rank, b.rank) })
}

// tellPort tells which port it was, unless it is the usual one.
func (r *result) tellPort() {
	at, err := url.Parse(r.report.URL)
	if err == nil && at.Port() != usualPort(at) {
		r.add("port", map[string]string{"port": at.Port()})
	}
}

// ports returns the ports to look at: the typed one; without one the usual one
// of the scheme, said by "", and, in a network of our own, those of the profiles.
func ports(o Options, u *url.URL) []string {
	if u.Port() != "" || !wire.Near(u.Hostname()) {
		return []string{""}
	}
	usual := []string{"443", "80"}
	if wire.HasScheme(o.Address) {
		usual = []string{usualPort(u)}
	}
	return append(profilePorts(o, usual...), usual...)
}

// profilePorts are the ports that profiles have, without some.
func profilePorts(o Options, without ...string) []string {
	var out []string
	for _, p := range o.Profiles {
		if port := strconv.Itoa(p.Port); p.Port != 0 && !slices.Contains(out, port) && !slices.Contains(without, port) {
			out = append(out, port)
		}
	}
	return out
}

func usualPort(u *url.URL) string {
	switch u.Scheme {
	case "wss":
		return "443"
	case "ws":
		return "80"
	}
	return ""
}
