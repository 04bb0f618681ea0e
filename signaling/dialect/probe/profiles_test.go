package probe_test

import (
	"strings"
	"testing"

	"parley/signaling/dialect/profile"
)

const (
	demo = `
name = "demo"
port = 3030
unproven = true
[param.room]
label = { en = "Room", zh = "房间" }
required = true
[channel.main]
kind = "ws"
[[probe]]
hear = { "" = 123 }
`
	names = `
name = "names"
[param.name]
label = { en = "Your number", zh = "你的号码" }
required = true
[param.key]
default = "open"
[channel.main]
kind = "ws"
path = "/names"
subprotocols = ["known"]
query = { id = "${self}", key = "${param.key}" }
[[probe]]
say = [{ type = "bind", from = "${random}", key = "${uuid}" }]
hear = { type = "bound", ok = true }
`
	pages = `
name = "pages"
port = 9000
[param.name]
required = true
[channel.main]
kind = "ws"
path = "/pages"
query = { id = "${self}", token = "${random}" }
[channel.http]
kind = "http"
[[probe]]
say = [{ via = "http", body = { method = "GET", path = "/about" } }]
hear = { status = 200, "body.name" = "Pages" }
`
	chat = `
name = "chat"
port = 3001
[param.room]
required = true
[channel.main]
kind = "socketio"
[[probe]]
say = [{ event = "who", args = [] }]
hear = { event = "chat", "args.0" = 4 }
`
	old = `
name = "old"
[param.room]
required = true
[channel.main]
kind = "socketio"
eio = 3
namespace = "/old"
[[probe]]
hear = { event = "hello" }
`
)

// The calls of the profiles, which do not matter here.
const (
	ofRooms = `
[peers]
kind = "room"
`
	ofPeople = `
[peers]
kind = "person"
ids = "integer"
self = "${param.name|int}"
`
	raws = `
[flow]
offer = "with-invite"
[send.invite]
frame = { type = "offer", sdp = "${sdp}" }
[send.answer]
frame = { type = "answer", sdp = "${sdp}" }
[[recv]]
match = { type = "offer" }
do = "offer"
from = "from"
sdp = "sdp"
[[recv]]
match = { type = "answer" }
do = "answer"
from = "from"
sdp = "sdp"
`
	sockets = `
[flow]
offer = "with-invite"
[send.invite]
frame = { event = "offer", args = ["${sdp}"] }
[send.answer]
frame = { event = "answer", args = ["${sdp}"] }
[[recv]]
match = { event = "offer" }
do = "offer"
sdp = "args.0"
[[recv]]
match = { event = "answer" }
do = "answer"
sdp = "args.0"
`
)

// parse makes profiles.
func parse(t *testing.T, texts ...string) []*profile.Profile {
	t.Helper()
	var all []*profile.Profile
	for _, text := range texts {
		if strings.Contains(text, "[param.room]") {
			text += ofRooms
		} else {
			text += ofPeople
		}
		if strings.Contains(text, `"socketio"`) {
			text += sockets
		} else {
			text += raws
		}
		p, err := profile.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}
