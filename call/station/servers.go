package station

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"parley/call/session"
	"parley/signaling/dialect/probe"
	"parley/signaling/dialect/profile"
	"parley/signaling/wire"
)

// NewServer is a server to be added. Only URL is needed.
type NewServer struct {
	URL, Profile string
	Name         string            // what others ring there; "" leaves it to the station
	Params       map[string]string // by profile.Param.Key
	Rooms        []string          // to be joined
	Fingerprint  string            // of a certificate that the user trusts
}

// AddServer connects to a server and keeps it in the settings; a server that is
// there already is changed. The error is a Fault.
func (s *Station) AddServer(n NewServer) error {
	server, err := s.usable(Server{URL: n.URL, Profile: n.Profile, Name: n.Name, Params: n.Params, Fingerprint: n.Fingerprint}, n.Rooms)
	if err != nil {
		return err
	}
	if known := s.Servers(); slices.ContainsFunc(known, server.same) { // the way to it stays as it is
		was := known[slices.IndexFunc(known, server.same)]
		server.CA, server.Proxy = was.CA, was.Proxy
	}
	s.Change(func(settings *Settings) {
		settings.Servers = slices.DeleteFunc(slices.Clone(settings.Servers), server.same)
		settings.Servers = append(settings.Servers, server)
	})
	s.seat(server, n.Rooms)
	s.links.put(server)
	return nil
}

// RemoveServer hangs up on a server, leaves it and forgets it. Contacts and
// history stay. The error is a Fault.
func (s *Station) RemoveServer(url string) error {
	if known, err := wire.Normalize(url); err == nil && !s.links.wants(url) {
		url = known // as AddServer does
	}
	if !s.links.wants(url) || s.links.own != nil && url == ownServer {
		return fault("start.noSuchServer", url, nil)
	}
	s.Change(func(settings *Settings) {
		settings.Servers = slices.DeleteFunc(slices.Clone(settings.Servers), Server{URL: url}.same)
	})
	s.links.drop(url)
	return nil
}

// Servers lists the servers of this run: what is known of their connections is
// in the snapshots.
func (s *Station) Servers() []Server { return s.links.list() }

func (k Server) same(other Server) bool { return k.URL == other.URL }

// Probe finds out what server is at an address.
func (s *Station) Probe(ctx context.Context, address string) (probe.Report, error) {
	known, _ := Profiles(s.dir)
	return probe.Run(ctx, probe.Options{Address: address, Profiles: known, Log: s.log})
}

// usable completes a server as the user tells of it, or says what is wrong.
func (s *Station) usable(k Server, rooms []string) (Server, error) {
	address, err := wire.Normalize(k.URL)
	if err != nil {
		return k, fault("start.badServer", k.URL, err)
	}
	k.URL = address
	if err := k.checkWay(); err != nil {
		return k, err
	}
	switch k.Profile {
	case "":
		return k, nil
	case HubProfile:
		return k, k.checkHub(rooms)
	}
	p := s.profile(k.Profile)
	if p == nil {
		known, _ := Profiles(s.dir)
		return k, unknownProfile(k.Profile, known)
	}
	return k, checkParams(p, k, rooms)
}

// over returns k with what it does not say taken from what was kept of the server.
func (k Server) over(kept Server) Server {
	k.Name, k.Fingerprint = cmp.Or(k.Name, kept.Name), cmp.Or(k.Fingerprint, kept.Fingerprint)
	k.CA, k.Proxy = cmp.Or(k.CA, kept.CA), cmp.Or(k.Proxy, kept.Proxy)
	if k.Profile != "" && k.Profile != kept.Profile {
		return k // its parameters are of another dialect
	}
	k.Profile = kept.Profile
	params := maps.Clone(kept.Params)
	if params == nil {
		params = map[string]string{}
	}
	maps.Copy(params, k.Params)
	k.Params = params
	return k
}

// checkWay looks at what the way to a server needs.
func (k Server) checkWay() error {
	if _, err := (wire.Trust{Fingerprint: k.Fingerprint}).Config(); err != nil {
		return fault("start.badFingerprint", k.Fingerprint, err)
	}
	if k.Fingerprint != "" && !strings.HasPrefix(k.URL, "wss://") {
		return fault("start.fingerprintAlone", k.URL, nil)
	}
	if _, err := (wire.Trust{Roots: k.CA}).Config(); err != nil {
		return fault("start.badCA", k.CA, err)
	}
	if _, err := wire.Proxy(k.Proxy); err != nil {
		return fault("start.badProxy", k.Proxy, err)
	}
	return nil
}

func (k Server) checkHub(rooms []string) error {
	if len(rooms) > 0 {
		return fault("start.noRooms", k.Profile, nil)
	}
	for key := range k.Params {
		return fault("start.noParams", key, nil)
	}
	return nil
}

func checkParams(p *profile.Profile, k Server, rooms []string) error {
	if len(rooms) > 0 && p.Peers.Kind != profile.Room {
		return fault("start.noRooms", k.Profile, nil)
	}
	keys := make([]string, len(p.Params))
	for i, param := range p.Params {
		keys[i] = param.Key
	}
	for key := range k.Params {
		if key != nameParam && !slices.Contains(keys, key) {
			f := fault("start.badParam", key, nil)
			f.Args["known"], f.Args["profile"] = strings.Join(keys, ", "), p.Name
			return f
		}
	}
	told := map[string]string{nameParam: "-"} // there always is one
	for key, v := range k.Params {
		told[key] = cmp.Or(v, told[key])
	}
	if keys := missing(p, told); len(keys) > 0 {
		f := fault("start.paramMissing", keys[0], nil)
		f.Args["profile"] = p.Name
		return f
	}
	return nil
}

// recognized keeps what dialect a server turned out to speak, and speaks it.
func (s *Station) recognized(server Server, name string) {
	server.Profile = name
	s.mu.Lock()
	rooms := s.waiting[server.URL]
	delete(s.waiting, server.URL)
	kept := slices.ContainsFunc(s.settings.Servers, server.same)
	s.mu.Unlock()
	if _, err := s.usable(server, rooms); err != nil && len(rooms) > 0 {
		s.post(session.Noticed{Notice: session.Notice{
			Code: "noRooms", Args: map[string]string{"server": server.URL, "name": rooms[0]}, Err: err, Since: time.Now(),
		}})
		rooms = nil
	}
	if kept {
		s.Change(func(settings *Settings) {
			settings.Servers = slices.Clone(settings.Servers)
			if i := slices.IndexFunc(settings.Servers, server.same); i >= 0 { // else it was removed meanwhile
				settings.Servers[i] = server
			}
		})
	}
	s.seat(server, rooms)
	s.links.put(server)
}
