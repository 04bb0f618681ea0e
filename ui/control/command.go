package control

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/signaling"
)

// command is one line that comes in.
type command struct {
	Do     string `json:"do"`
	To     string `json:"to"`
	Server string `json:"server"`
	Kind   string `json:"kind"`
	On     *bool  `json:"on"`
	Choice string `json:"choice"`
	Target string `json:"target"`
	Smooth bool   `json:"smooth"`
	Untold bool   `json:"untold"`
	Text   string `json:"text"`
	Name   string `json:"name"`
	Star   bool   `json:"starred"`

	// Of servers and their puzzles.
	URL         string            `json:"url"`
	Profile     string            `json:"profile"`
	Room        string            `json:"room"`
	Rooms       []string          `json:"rooms"`
	Params      map[string]string `json:"params"`
	Fingerprint string            `json:"fingerprint"`
	ID          string            `json:"id"`
	X           *int              `json:"x"`

	// Of sound.
	HighPass *bool    `json:"highPass"`
	Echo     *bool    `json:"echo"`
	Noise    *bool    `json:"noise"`
	Gain     *bool    `json:"gain"`
	Level    *float64 `json:"level"`
}

// errUsage marks commands that are understood but cannot be carried out as written.
var errUsage = errors.New("not a usable command")

func parse(line []byte) (command, error) {
	var c command
	if err := json.Unmarshal(line, &c); err != nil {
		return c, fmt.Errorf("%w: %s", errUsage, unreadable(err))
	}
	if c.Do == "" {
		return c, fmt.Errorf("%w: member \"do\" is missing", errUsage)
	}
	return c, nil
}

// unreadable says what is wrong with a line in the words of JSON, not of Go.
func unreadable(err error) string {
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &kind) && kind.Field != "":
		return fmt.Sprintf("the member %q cannot be a JSON %s", kind.Field, kind.Value)
	case errors.As(err, &kind):
		return fmt.Sprintf("a JSON %s; write an object like {\"do\":\"stats\"}", kind.Value)
	case errors.As(err, &syntax):
		return fmt.Sprintf("no JSON from byte %d on: %v", syntax.Offset, syntax)
	}
	return err.Error()
}

// input translates a command for the session. It returns nil for commands that
// ask for a reading and change nothing.
func (c command) input(now session.Snapshot) (session.Input, error) {
	switch c.Do {
	case "call":
		return c.dial(now)
	case "accept":
		kind, err := c.kind(now.Call.Kind)
		return session.Accept{Kind: kind}, err
	case "reject":
		return session.Reject{Text: c.Text}, nil
	case "hangup":
		return session.Hangup{}, nil
	case "mute":
		return c.mute()
	case "choose":
		return c.choose()
	case "preview":
		return session.Preview{On: c.on()}, nil
	case "share":
		return session.Share{On: c.on(), Target: c.Target, Smooth: c.Smooth}, nil
	case "invite":
		return c.invite(now)
	case "save":
		address, err := c.address(now)
		return session.SaveContact{Contact: call.Contact{Address: address, Name: c.Name, Starred: c.Star}}, err
	case "join":
		return c.join(now)
	case "remove":
		address, err := c.address(now)
		return session.RemoveContact{Address: address}, err
	case "solve":
		return c.solve(now)
	case "seeMissed":
		return session.SeeMissed{}, nil
	}
	return c.sound()
}

func (c command) dial(now session.Snapshot) (session.Input, error) {
	to, err := c.address(now)
	if err != nil {
		return nil, err
	}
	kind, err := c.kind(media.Video)
	return session.Dial{To: to, Kind: kind}, err
}

// join makes a room a contact, unless it is one already.
func (c command) join(now session.Snapshot) (session.Input, error) {
	room, err := c.address(now)
	for _, k := range now.Contacts {
		if k.Address == room {
			return session.SaveContact{Contact: k}, err
		}
	}
	return session.SaveContact{Contact: call.Contact{Address: room, Name: cmp.Or(c.Name, room.Name)}}, err
}

func (c command) solve(now session.Snapshot) (session.Input, error) {
	if c.X == nil {
		return nil, fmt.Errorf("%w: \"solve\" needs \"x\", the distance in pixels", errUsage)
	}
	asked := now.Challenge
	if asked.ID == "" || c.ID != "" && c.ID != asked.ID {
		return nil, fmt.Errorf("%w: no server asks for this", errUsage)
	}
	return session.Solve{Server: asked.Server, ID: asked.ID, X: *c.X}, nil
}

func (c command) invite(now session.Snapshot) (session.Input, error) {
	server := c.server(now)
	known := func(s session.Server) bool { return s.URL == server }
	if c.Server != "" && !slices.ContainsFunc(now.Servers, known) {
		return nil, fmt.Errorf("%w: no server %q is in use", errUsage, c.Server)
	}
	return session.Invite{Server: server}, nil
}

func (c command) mute() (session.Input, error) {
	kind, err := c.kind(0)
	if err == nil && kind == 0 {
		err = fmt.Errorf("%w: \"mute\" needs a \"kind\"", errUsage)
	}
	return session.Mute{Kind: kind, On: c.on()}, err
}

func (c command) choose() (session.Input, error) {
	kind := media.DeviceKind(c.Kind)
	switch kind {
	case media.Camera, media.Microphone, media.Speaker, media.Ringer:
	default:
		return nil, fmt.Errorf("%w: \"kind\" must be camera, microphone, speaker or ringer", errUsage)
	}
	choice, err := media.ParseChoice(kind, c.Choice)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUsage, err)
	}
	return session.Choose{Kind: kind, Choice: choice}, nil
}

func (c command) on() bool { return c.On == nil || *c.On }

func (c command) kind(otherwise media.Kind) (media.Kind, error) {
	if c.Kind == "" {
		return otherwise, nil
	}
	kind, err := media.ParseKind(c.Kind)
	if err != nil {
		return 0, fmt.Errorf("%w: \"kind\" must be audio or video, not %q", errUsage, c.Kind)
	}
	return kind, nil
}

// server is the one named, or the first that we have.
func (c command) server(now session.Snapshot) string {
	if c.Server == "" && len(now.Servers) > 0 {
		return now.Servers[0].URL
	}
	return c.Server
}

// address finds whom "to" means: the name on the server or, where just one
// member is displayed so, the display name. Where no server is said, whoever is
// here or among the contacts tells which.
func (c command) address(now session.Snapshot) (signaling.Address, error) {
	if c.To == "" {
		return signaling.Address{}, fmt.Errorf("%w: %q needs a \"to\"", errUsage, c.Do)
	}
	elsewhere := func(a signaling.Address) bool { return c.Server != "" && a.Server != c.Server }
	var shown []signaling.Address
	for _, m := range now.Roster {
		if elsewhere(m.Address) {
			continue
		}
		if strings.EqualFold(m.Address.Name, c.To) {
			return m.Address, nil
		}
		if strings.EqualFold(m.Name, c.To) {
			shown = append(shown, m.Address)
		}
	}
	for _, k := range now.Contacts {
		if !elsewhere(k.Address) && k.Address.Name == c.To && connected(now, k.Address.Server) {
			return k.Address, nil
		}
	}
	if len(shown) == 1 {
		return shown[0], nil
	}
	return signaling.Address{Server: c.server(now), Name: c.To}, nil
}

func connected(now session.Snapshot, server string) bool {
	return slices.ContainsFunc(now.Servers, func(s session.Server) bool { return s.URL == server && s.Up })
}
