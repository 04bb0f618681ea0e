package station

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"parley/call/session"
	"parley/signaling"
	"parley/signaling/dialect"
	"parley/signaling/dialect/profile"
	"parley/signaling/hub/client"
)

// HubProfile is how the dialect of Parley's own hubs is called among profiles.
const HubProfile = client.Dialect

// speaker returns who speaks a server's dialect.
func (s *Station) speaker(server Server) speaker {
	if own := s.links.own; own != nil && server.URL == ownServer {
		return hubSpeaker{station: s, server: server, own: own}
	}
	switch server.Profile {
	case HubProfile:
		return hubSpeaker{station: s, server: server}
	case "":
		return recognizer{station: s, server: server}
	}
	if p := s.profile(server.Profile); p != nil {
		return dialectSpeaker{station: s, server: server, profile: p}
	}
	return mute{server: server}
}

// dialectSpeaker speaks to a server that a profile describes.
type dialectSpeaker struct {
	station *Station
	server  Server
	profile *profile.Profile
}

func (d dialectSpeaker) speak(ctx context.Context, use func(signaling.Client), heard func(signaling.Event)) error {
	params := d.params()
	c, err := dialect.New(dialect.Options{
		Profile: d.profile, URL: d.server.URL, Server: d.server.URL, Params: params, Display: d.station.Settings().Display,
		Fingerprint: d.server.Fingerprint, CAFile: d.server.CA, Proxy: d.server.Proxy, Log: d.station.log,
	})
	switch {
	case errors.Is(err, dialect.ErrBadParam):
		return refused(heard, signaling.Fault{
			Server: d.server.URL, Code: "param-missing", Name: strings.Join(missing(d.profile, params), ", "), Err: err,
		})
	case err != nil:
		return refused(heard, signaling.Fault{Server: d.server.URL, Code: "server-setup", Err: err})
	}
	use(c)
	return c.Run(ctx, heard)
}

// params are what the server wants to know, our name among it.
func (d dialectSpeaker) params() map[string]string {
	params := maps.Clone(d.server.Params)
	if params == nil {
		params = map[string]string{}
	}
	if params[nameParam] == "" {
		params[nameParam] = d.name()
	}
	return params
}

// name is our name there. Where the profile can do without, it may mean anything
// by it, such as an account's number: then it is what the user said of this very
// server, if anything.
func (d dialectSpeaker) name() string {
	optional := func(p profile.Param) bool { return p.Key == nameParam && !p.Required && p.Default == "" }
	if slices.ContainsFunc(d.profile.Params, optional) {
		if d.station.options.Only.URL != "" {
			return cmp.Or(d.server.Name, d.station.options.Name)
		}
		return d.server.Name
	}
	name, _ := d.station.name(d.server)
	return name
}

// The parameters that the program knows itself.
const (
	nameParam = "name"
	roomParam = "room"
)

// missing lists what the user must tell besides.
func missing(p *profile.Profile, told map[string]string) []string {
	var keys []string
	for _, param := range p.Params {
		if param.Required && param.Key != roomParam && param.Default == "" && told[param.Key] == "" {
			keys = append(keys, param.Key)
		}
	}
	return keys
}

// mute stands for a server whose dialect nobody here speaks (any more).
type mute struct{ server Server }

func (m mute) speak(_ context.Context, _ func(signaling.Client), heard func(signaling.Event)) error {
	return refused(heard, signaling.Fault{
		Server: m.server.URL, Name: m.server.Profile, Code: "profile-missing", Err: errors.New("station: there is no such profile"),
	})
}

// refused tells why there will be no connection, and returns the same.
func refused(heard func(signaling.Event), f signaling.Fault) error {
	heard(f)
	heard(signaling.Unlinked{Server: f.Server, Cause: f.Err})
	return f.Err
}

// Profiles returns the dialects that can be spoken besides that of hubs, sorted
// by name. Files of the data folder that cannot be used are told by notices.
func (s *Station) Profiles() []*profile.Profile {
	known, bad := Profiles(s.dir)
	for _, b := range bad {
		s.post(session.Noticed{Notice: profileNotice(b)})
	}
	return known
}

// profile returns the profile of a name, or nil.
func (s *Station) profile(name string) *profile.Profile {
	known, _ := Profiles(s.dir)
	if i := slices.IndexFunc(known, func(p *profile.Profile) bool { return p.Name == name }); i >= 0 {
		return known[i]
	}
	return nil
}
