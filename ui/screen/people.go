package screen

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"parley/assets/words"
	"parley/call"
	"parley/call/session"
	"parley/signaling"
)

func home(in Input) Home {
	h := Home{Status: status(in), Page: in.View.Page, Self: self(in)}
	everybody := people(in)
	h.Welcome = in.View.Search == "" && !slices.ContainsFunc(everybody, func(p Person) bool { return p.Kind != signaling.Robot })
	h.People = found(in, everybody)
	h.Echo = echo(everybody)
	h.Missed = missed(in.Session.History)
	h.CallsTab = in.Words.Text("tab.calls")
	if h.Missed > 0 {
		h.CallsTab = in.Words.Count("tab.callsMissed", h.Missed)
	}
	h.Calls = history(in, func(call.Record) bool { return true })
	h.Hint = listHint(in, h)
	h.Invitation = in.Words.Text("home.pick")
	if h.Welcome {
		h.Invitation = nobody(in, h)
	}
	h.Servers = servers(in)
	switch {
	case in.View.Server != "":
		h.Pane, h.Server = ServerPane, serverPage(in, everybody)
	case in.View.Settings:
		h.Pane = SettingsPane
	case in.View.Selected != signaling.Address{}:
		h.Pane = PersonPane
		h.Person = personPage(in, everybody)
	}
	return h
}

func self(in Input) string {
	for _, s := range in.Session.Servers {
		if s.Self.Name != "" {
			return s.Self.Name
		}
	}
	return ""
}

func listHint(in Input, h Home) string {
	switch {
	case in.View.Search != "":
		if len(h.People) == 0 {
			return in.Words.Text("search.nothing")
		}
	case in.View.Page == Calls:
		if len(h.Calls) == 0 {
			return in.Words.Text("home.noCalls")
		}
	case len(h.People) == 0:
		return nobody(in, h)
	}
	return ""
}

// nobody is what an empty list says: whom there still is to call.
func nobody(in Input, h Home) string {
	if h.Echo == (signaling.Address{}) {
		return in.Words.Text("home.emptyAway")
	}
	return in.Words.Text("home.empty")
}

// people merges contacts and roster: contacts on top, who is here before who is
// not, then by name.
func people(in Input) []Person {
	byAddress := map[signaling.Address]Person{}
	for _, m := range in.Session.Roster {
		here := presenceKnown(in.Session, m.Address)
		byAddress[m.Address] = Person{Address: m.Address, Name: m.Name, Kind: m.Kind, Here: here}
	}
	for _, c := range in.Session.Contacts {
		p := byAddress[c.Address]
		p.Address, p.Contact, p.Starred = c.Address, true, c.Starred
		if server, ok := serverOf(in.Session, c.Address); ok && server.Capabilities.Rooms {
			p.Kind = signaling.Room
		}
		p.Name = cmp.Or(c.Name, p.Name, c.Address.Name)
		byAddress[c.Address] = p
	}
	all := make([]Person, 0, len(byAddress))
	for _, p := range byAddress {
		p.Name = cmp.Or(p.Name, p.Address.Name)
		p.Known = presenceKnown(in.Session, p.Address)
		p.Sub = presence(in, p, true)
		p.Selected = p.Address == in.View.Selected && !in.View.elsewhere()
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b Person) int {
		return cmp.Or(
			order(a.Starred, b.Starred),
			order(a.Here, b.Here),
			cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)),
			cmp.Compare(a.Address.Server, b.Address.Server),
			cmp.Compare(a.Address.Name, b.Address.Name),
		)
	})
	return all
}

// order puts true before false.
func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func presenceKnown(s session.Snapshot, a signaling.Address) bool {
	server, ok := serverOf(s, a)
	return ok && server.Up && server.Capabilities.Presence
}

// serverOf returns the connection that reaches an address.
func serverOf(s session.Snapshot, a signaling.Address) (session.Server, bool) {
	for _, server := range s.Servers {
		if server.URL == a.Server || a.Server == "" && len(s.Servers) == 1 {
			return server, true
		}
	}
	return session.Server{}, false
}

// presence writes what is known of somebody in a line. Where there are several
// servers it names the one.
func presence(in Input, p Person, short bool) string {
	var parts []string
	switch {
	case p.Here:
		parts = append(parts, in.Words.Text("person.here"))
	case p.Known:
		parts = append(parts, in.Words.Text("person.away"))
	}
	switch p.Kind {
	case signaling.Robot:
		parts = append(parts, in.Words.Text("person.robot"))
	case signaling.Guest:
		parts = append(parts, in.Words.Text("person.guest"))
	case signaling.Room:
		parts = append(parts, in.Words.Text("person.room"))
	case signaling.Person:
	}
	if short && len(in.Session.Servers) > 1 {
		parts = append(parts, ServerName(in.Words, p.Address.Server))
	}
	return strings.Join(parts, " · ")
}

// found narrows the list to what is searched for. What is typed can be called
// too, when it could be a name and is nobody's.
func found(in Input, all []Person) []Person {
	search := strings.TrimSpace(in.View.Search)
	if search == "" {
		return all
	}
	var out []Person
	exact := false
	for _, p := range all {
		if contains(p.Name, search) || contains(p.Address.Name, search) {
			out = append(out, p)
		}
		exact = exact || strings.EqualFold(p.Address.Name, search) || strings.EqualFold(p.Name, search)
	}
	if LooksLikeServer(search) {
		return append(out, Person{
			Name: in.Words.Text("search.add", words.Args{"server": search}), Sub: in.Words.Text("search.addHint"), Typed: true, Server: search,
		})
	}
	if !exact {
		out = append(out, typed(in, search)...)
	}
	return out
}

// mostTyped is on how many servers a typed name is offered.
const mostTyped = 4

// typed offers to call what was typed, on every server that could know it.
func typed(in Input, name string) []Person {
	var out []Person
	for _, server := range reachable(in.Session) {
		isHub := server.Profile == "" || server.Profile == "hub"
		if isHub && !CouldBeName(name) || len(out) == mostTyped {
			continue
		}
		a := signaling.Address{Server: server.URL, Name: name}
		p := Person{
			Address: a, Name: in.Words.Text("search.call", words.Args{"name": name}),
			Sub: in.Words.Text("search.callHint"), Typed: true, Selected: a == in.View.Selected && !in.View.elsewhere(),
		}
		if server.Capabilities.Rooms {
			p.Name, p.Kind = in.Words.Text("search.room", words.Args{"name": name}), signaling.Room
		}
		if len(in.Session.Servers) > 1 {
			p.Sub = in.Words.Text("person.on", words.Args{"server": ServerName(in.Words, server.URL)})
		}
		out = append(out, p)
	}
	return out
}

func contains(s, part string) bool {
	return strings.Contains(strings.ToLower(s), strings.ToLower(part))
}

// reachable are the servers on which a typed name is looked for: those that are
// connected, or, if none is, the first.
func reachable(s session.Snapshot) []session.Server {
	up := slices.DeleteFunc(slices.Clone(s.Servers), func(s session.Server) bool { return !s.Up })
	if len(up) == 0 {
		up = s.Servers[:min(1, len(s.Servers))]
	}
	return up
}

// CouldBeName reports whether a hub would take s as a name (docs/protocol.md).
func CouldBeName(s string) bool {
	count := 0
	for _, r := range s {
		count++
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && !strings.ContainsRune("._-", r) {
			return false
		}
	}
	return count >= 1 && count <= 64
}

func echo(all []Person) signaling.Address {
	for _, p := range all {
		if p.Here && p.Kind == signaling.Robot {
			return p.Address
		}
	}
	return signaling.Address{}
}

func personPage(in Input, all []Person) PersonPage {
	a := in.View.Selected
	p := Person{Address: a, Name: a.Name, Known: presenceKnown(in.Session, a)}
	if i := slices.IndexFunc(all, func(p Person) bool { return p.Address == a }); i >= 0 {
		p = all[i]
	} else if name := nameInHistory(in.Session.History, a); name != "" {
		p.Name = name
	}
	server, known := serverOf(in.Session, a)
	named := words.Args{"name": p.Name}
	page := PersonPage{
		Address: a, Name: p.Name, Kind: p.Kind, Here: p.Here, Known: p.Known, Contact: p.Contact, Starred: p.Starred,
		Presence: presence(in, p, false),
		Where:    in.Words.Text("person.on", words.Args{"server": ServerName(in.Words, cmp.Or(a.Server, server.URL))}),
		CanCall:  server.Up && in.Session.Call.Phase == call.Idle,
		Voice:    server.Capabilities.Kinds || !server.Up,
		History:  history(in, func(r call.Record) bool { return r.Remote == a }),
	}
	switch {
	case p.Kind == signaling.Robot:
		page.Hint = in.Words.Text("person.echoHint")
	case !known:
		page.Hint = in.Words.Text("person.noServer", words.Args{"server": ServerName(in.Words, a.Server)})
	case !server.Up:
		page.Hint = serverState(in, server)
	case p.Known && !p.Here:
		page.Hint = in.Words.Text("person.awayHint", named)
	case server.Up && !server.Capabilities.Bye:
		page.Hint = in.Words.Text("server.limit.bye")
	}
	if len(page.History) == 0 {
		page.Empty = in.Words.Text("home.noCallsWith", named)
	}
	return page
}

func nameInHistory(records []call.Record, a signaling.Address) string {
	for _, r := range records {
		if r.Remote == a && r.Name != "" {
			return r.Name
		}
	}
	return ""
}

func missed(records []call.Record) int {
	n := 0
	for _, r := range records {
		if r.Missed() && !r.Seen {
			n++
		}
	}
	return n
}

func status(in Input) string {
	for _, s := range in.Session.Servers {
		if !s.Up {
			if asks(in, s.URL) {
				return in.Words.Text("puzzle.title", words.Args{"server": ServerName(in.Words, s.URL)})
			}
			return down(in, s)
		}
	}
	return ""
}

// down tells why there is no connection to a server, and what is done about it.
func down(in Input, s session.Server) string {
	args := words.Args{"server": ServerName(in.Words, s.URL)}
	switch known := "server.cause." + s.Cause; {
	case s.Cause == "":
		return in.Words.Text("server.connecting", args)
	case s.RetryAt.IsZero() && s.Cause == session.CauseRefused: // a server's own word
		return in.Words.Text("server.refuses", args)
	case in.Words.Has(known):
		return in.Words.Text(known, args)
	case s.RetryAt.IsZero() && s.Cause != session.CauseLost:
		return in.Words.Text("server.refuses", args)
	case s.RetryAt.IsZero():
		return in.Words.Text("server.gaveUp", args)
	}
	return in.Words.Text("server.down", args)
}
