package gallery

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/png"

	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/signaling"
	"parley/signaling/dialect"
	"parley/signaling/dialect/probe"
	"parley/signaling/dialect/profile"
	"parley/ui"
)

const (
	roomServer   = "wss://rooms.example"
	friendServer = "wss://friends.example"
)

var inRoom = signaling.Address{Server: roomServer, Name: "001"}

// withRooms is a snapshot with a server of rooms beside the usual one.
func withRooms(n names) session.Snapshot {
	s := everybody(n)
	s.Servers = append(s.Servers, session.Server{
		URL: roomServer, Up: true, Profile: "room-socketio-2", NotUnderstood: 2, LastUnknown: "event memberCount",
		Capabilities: signaling.Capabilities{Rooms: true, Bye: true, Cancel: true, Unproven: true},
	})
	s.Servers[0].Profile = "hub"
	s.Contacts = append(s.Contacts, call.Contact{Address: inRoom, Name: "001"})
	return s
}

// puzzled is a snapshot while a server wants to see a person.
func puzzled(n names) session.Snapshot {
	s := everybody(n)
	picture, piece := puzzle()
	s.Challenge = signaling.Challenge{Server: friendServer, ID: "p", Image: picture, Piece: piece, Width: 310}
	return s
}

// ringingRoom is a call from a room whose server cannot say that it is declined.
func ringingRoom(n names) session.Snapshot {
	s := withRooms(n)
	s.Call = call.State{Phase: call.Ringing, ID: "c", Remote: inRoom, Role: call.Callee, Kind: media.Video}
	return s
}

// catalogue is the servers that the pictures can add: the shipped dialects, and
// what a look at rooms.example finds.
type catalogue struct{}

// Profiles implements ui.Servers.
func (catalogue) Profiles() []*profile.Profile { return dialect.Shipped() }

// Probe implements ui.Servers.
func (catalogue) Probe(context.Context, string) (probe.Report, error) {
	return probe.Report{
		URL: roomServer, Profile: "room-socketio-2", Transport: "socketio", EIO: 4, Encrypted: true,
		Findings: []probe.Finding{
			{Code: "recognised", Args: map[string]string{"profile": "room-socketio-2"}},
			{Code: "unproven"},
			{Code: "encrypted", Args: map[string]string{"host": "rooms.example"}},
		},
	}, nil
}

// All implements ui.Servers.
func (catalogue) All() []ui.NewServer { return nil }

// Add implements ui.Servers.
func (catalogue) Add(ui.NewServer) error { return nil }

// Remove implements ui.Servers.
func (catalogue) Remove(string) error { return nil }

// puzzle is a picture with a hole and the piece that fits there.
func puzzle() (picture, piece []byte) {
	frames := &media.Frames{}
	portrait(frames, 310, 155, 0)
	whole, _ := frames.Front()
	const x, y, side = 196, 58, 44
	hole := image.NewRGBA(whole.Bounds())
	draw.Draw(hole, hole.Bounds(), whole, image.Point{}, draw.Src)
	square := image.Rect(x, y, x+side, y+side)
	draw.Draw(hole, square, image.NewUniform(color.NRGBA{A: 150}), image.Point{}, draw.Over)
	cut := image.NewRGBA(image.Rect(0, 0, side, 155))
	draw.Draw(cut, image.Rect(0, y, side, y+side), whole, square.Min, draw.Src)
	return encoded(hole), encoded(cut)
}

func encoded(picture image.Image) []byte {
	var out bytes.Buffer
	_ = png.Encode(&out, picture) // a buffer takes everything
	return out.Bytes()
}
