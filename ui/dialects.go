package ui

import (
	"context"

	"parley/signaling/dialect/probe"
	"parley/signaling/dialect/profile"
	"parley/ui/screen"
)

// Servers adds and removes servers. Its methods may be called from any goroutine.
type Servers interface {
	// Profiles are the dialects that a server can speak, the hub's left out.
	Profiles() []*profile.Profile
	// Probe looks at what is at an address. It takes some seconds.
	Probe(ctx context.Context, address string) (probe.Report, error)
	// All are the servers that there are to be, without their rooms.
	All() []NewServer
	Add(NewServer) error
	Remove(url string) error
}

// NewServer is a server to be added.
type NewServer struct {
	URL, Profile string
	Name         string            // as whom; "" leaves it to the program
	Params       map[string]string // by profile.Param.Key, without name and room
	Rooms        []string
	Fingerprint  string // of a certificate that the user trusts
}

// hubProfile is how the program's own kind of server is called among profiles.
const hubProfile = "hub"

// allDialects are the kinds of servers that can be added, in the window's language.
func (w *Window) allDialects() []screen.Dialect {
	if w.deps.Servers == nil {
		return nil
	}
	all := []screen.Dialect{{Name: hubProfile, Title: w.words.Text("add.hub"), Params: []screen.Param{{Key: nameField, Label: w.words.Text("add.name")}}}}
	for _, p := range w.deps.Servers.Profiles() {
		all = append(all, dialectOf(p, string(w.language())))
	}
	return all
}

func dialectOf(p *profile.Profile, language string) screen.Dialect {
	d := screen.Dialect{Name: p.Name, Title: p.Title.In(language), Note: p.Note.In(language), Rooms: p.Peers.Kind == profile.Room}
	for _, param := range p.Params {
		if param.Key != roomField {
			d.Params = append(d.Params, screen.Param{
				Key: param.Key, Label: param.Label.In(language), Default: param.Default, Required: param.Required, Secret: param.Secret,
				Number: param.Key == nameField && p.Peers.IDs == profile.IntegerID,
			})
		}
	}
	return d
}
