package screen

import (
	"cmp"
	"net"
	"net/url"
	"slices"
	"strings"

	"parley/assets/words"
	"parley/call/session"
	"parley/signaling"
)

// Dialect is a kind of server, as a person may choose it.
type Dialect struct {
	Name   string // as profiles have it
	Title  string
	Note   string // one sentence; may be empty
	Rooms  bool
	Params []Param // without the room
}

// Param is something that a server wants to know of us.
type Param struct {
	Key      string
	Label    string
	Default  string
	Required bool
	Secret   bool
	Number   bool // the server counts people
}

// Adding is how far the user is in adding a server.
type Adding struct {
	Looking bool // at what is there
	Looked  bool
	Found   Found
	Dialect string // chosen, or recognised
	Change  bool   // of a server that is there already
}

// Found is what is known of an address after a look at it.
type Found struct {
	URL         string // as it should be added; "" if nothing can be
	Sentences   []string
	Dialects    []string // that it may speak; nil: any
	Fingerprint string   // of a certificate that nobody vouches for
}

// ServerLine is a line of the list of servers.
type ServerLine struct {
	URL  string
	Name string
	Sub  string
	Up   bool
}

// ServerPage is one server's page.
type ServerPage struct {
	URL       string
	Name      string
	State     string
	Dialect   string // its title
	Self      string // as whom we are known there; "" where nobody has a name
	Limits    []string
	Unknown   string   // of frames that were not understood; "" for none
	Rooms     bool     // are its addresses
	Open      bool     // somebody, or a room, can be called by typing a name
	People    []Person // who, or which rooms, there are
	Heading   string   // over them
	Hint      string   // what is to be typed
	Go        string   // what the button beside that says
	Puzzle    bool     // it asks to have one solved
	Refused   bool     // for good: something must be changed
	Removable bool     // and changeable
}

// AddServer is what the sheet for a new server shows.
type AddServer struct {
	Status   []string
	Choices  []DeviceOption // dialects, by name and title
	Dialect  string
	Note     string
	Fields   []Param
	Room     bool // a room is asked for, too
	Possible bool // an address was found that can be added
	Title    string
	Do       string // what the button says
	Change   bool   // of a server that is there already
}

// expected are the servers that the session knows, and those that it will.
func expected(in Input) []session.Server {
	all := slices.Clone(in.Session.Servers)
	for _, url := range in.Servers {
		if !slices.ContainsFunc(all, func(s session.Server) bool { return s.URL == url }) {
			all = append(all, session.Server{URL: url})
		}
	}
	if len(all) > len(in.Session.Servers) {
		slices.SortFunc(all, func(a, b session.Server) int { return cmp.Compare(a.URL, b.URL) })
	}
	return all
}

func servers(in Input) []ServerLine {
	lines := make([]ServerLine, 0, len(in.Session.Servers))
	for _, s := range in.Session.Servers {
		lines = append(lines, ServerLine{URL: s.URL, Name: ServerName(in.Words, s.URL), Sub: serverState(in, s), Up: s.Up})
	}
	return lines
}

func serverState(in Input, s session.Server) string {
	switch {
	case s.Up:
		return joined(in.Words.Text("server.up"), title(in, s.Profile))
	case asks(in, s.URL):
		return in.Words.Text("server.puzzle")
	}
	return down(in, s)
}

// asks reports whether a server wants to have a puzzle solved.
func asks(in Input, url string) bool {
	c := in.Session.Challenge
	return c.ID != "" && c.Server == url
}

func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// title is how a dialect is called; "" for the program's own, which needs no name.
func title(in Input, name string) string {
	if i := slices.IndexFunc(in.Dialects, func(d Dialect) bool { return d.Name == name }); i >= 0 {
		return in.Dialects[i].Title
	}
	return ""
}

func serverPage(in Input, everybody []Person) ServerPage {
	i := slices.IndexFunc(in.Session.Servers, func(s session.Server) bool { return s.URL == in.View.Server })
	if i < 0 {
		return ServerPage{URL: in.View.Server, Name: ServerName(in.Words, in.View.Server), State: in.Words.Text("server.removed")}
	}
	s, w := in.Session.Servers[i], in.Words
	page := ServerPage{
		URL: s.URL, Name: ServerName(w, s.URL), State: serverState(in, s), Dialect: title(in, s.Profile),
		Self: cmp.Or(s.Self.Name, s.Self.Address.Name), Rooms: s.Capabilities.Rooms, Removable: s.URL != signaling.OwnHub,
		Open: s.Up, Puzzle: asks(in, s.URL),
		Refused: !s.Up && s.Cause != "" && s.RetryAt.IsZero() && s.Cause != session.CauseLost,
		Heading: w.Text("server.people"), Hint: w.Text("server.personHint"), Go: w.Text("server.open"),
	}
	if page.Rooms {
		page.Heading, page.Hint, page.Go = w.Text("server.rooms"), w.Text("server.roomHint"), w.Text("server.join")
	}
	for _, p := range everybody {
		if p.Address.Server == s.URL {
			p.Sub, p.Selected = presence(in, p, false), false
			page.People = append(page.People, p)
		}
	}
	if s.Up {
		page.Limits = limits(w, s.Capabilities)
	}
	if s.NotUnderstood > 0 {
		page.Unknown = w.Count("server.unknown", s.NotUnderstood, words.Args{"last": s.LastUnknown})
	}
	return page
}

// limits explains what a server cannot do, the most important first.
func limits(w *words.Words, c signaling.Capabilities) []string {
	var out []string
	unless := func(fine bool, sentence string) {
		if !fine {
			out = append(out, sentence)
		}
	}
	unless(!c.Unproven, w.Text("server.limit.unproven"))
	unless(c.Bye, w.Text("server.limit.bye"))
	unless(c.Decline, w.Text("server.limit.decline"))
	unless(c.Cancel, w.Text("server.limit.cancel"))
	unless(c.Ringing, w.Text("server.limit.ringing"))
	unless(c.Presence, w.Text("server.limit.presence"))
	unless(c.Kinds, w.Text("server.limit.kinds"))
	return out
}

// addServer is the sheet for a new server.
func addServer(in Input) AddServer {
	a, w := in.View.Adding, in.Words
	out := AddServer{Title: w.Text("add.title"), Do: w.Text("button.addServer"), Change: a.Change}
	switch {
	case a.Looking:
		out.Status = []string{w.Text("add.looking")}
		return out
	case !a.Looked:
		out.Status = []string{w.Text("add.how")}
		return out
	}
	out.Status, out.Dialect, out.Possible = a.Found.Sentences, a.Dialect, a.Found.URL != "" && a.Dialect != ""
	switch {
	case a.Found.URL == "":
		return out
	case a.Change:
		out.Title, out.Do = w.Text("add.change", words.Args{"server": ServerName(w, a.Found.URL)}), w.Text("button.change")
	case slices.ContainsFunc(in.Session.Servers, func(s session.Server) bool { return s.URL == a.Found.URL }):
		out.Status, out.Do = append([]string{w.Text("add.known")}, out.Status...), w.Text("button.change")
	}
	for _, d := range in.Dialects {
		if a.Found.Dialects != nil && !slices.Contains(a.Found.Dialects, d.Name) {
			continue
		}
		out.Choices = append(out.Choices, DeviceOption{d.Name, d.Title})
		if d.Name == a.Dialect {
			out.Note, out.Fields, out.Room = d.Note, filled(d.Params, a.Found.URL), d.Rooms && !a.Change
		}
	}
	return out
}

// filled returns params with what their defaults take from an address.
func filled(params []Param, address string) []Param {
	u, err := url.Parse(address)
	if err != nil {
		return params
	}
	hostname := u.Hostname()
	if strings.Contains(hostname, ":") {
		hostname = "[" + hostname + "]" // as URLs have an address of IPv6
	}
	out := slices.Clone(params)
	for i := range out {
		out[i].Default = strings.NewReplacer("${host}", u.Host, "${hostname}", hostname).Replace(out[i].Default)
	}
	return out
}

// LooksLikeServer reports whether what somebody typed is an address of a server
// rather than a name: it has a scheme or a port.
func LooksLikeServer(s string) bool {
	s = strings.TrimSpace(s)
	if scheme, rest, found := strings.Cut(s, "://"); found {
		return rest != "" && slices.Contains([]string{"ws", "wss", "http", "https"}, strings.ToLower(scheme))
	}
	host, port, err := net.SplitHostPort(strings.SplitN(s, "/", 2)[0])
	return err == nil && host != "" && port != "" && strings.Trim(port, "0123456789") == ""
}

// ServerName returns how a server is called: our own, or by its host, with the
// port where a computer has several.
func ServerName(w *words.Words, address string) string {
	if address == signaling.OwnHub {
		return w.Text("server.own")
	}
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Hostname() == "":
		return cmp.Or(address, w.Text("server.own"))
	case net.ParseIP(u.Hostname()) != nil || u.Hostname() == "localhost":
		return u.Host
	}
	return u.Hostname()
}

// Loopback reports whether a URL leads to this computer only.
func Loopback(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	host := u.Hostname()
	return host == "localhost" || host == "::1" || strings.HasPrefix(host, "127.")
}
