package profile_test

import (
	"fmt"
	"strings"
	"testing"

	"parley/signaling/dialect/profile"
)

func TestParse_FindsMistakesOfVariables(t *testing.T) {
	check(t, map[string]mistake{
		"unknown":               {`to = "${to}", kind`, `to = "${tu}", kind`, []string{`32:32: send.invite.frame.to: unknown variable ${tu}; did you mean ${to}?`}},
		"after Chinese":         {`{ type = "bye", to = "${to}" }`, `{ type = "再见", "给" = "对${tu}" }`, []string{`38:32: send.bye.frame.给: unknown variable ${tu}; did you mean ${to}?`}},
		"in an escaped text":    {`{ type = "bye", to = "${to}" }`, `{ type = "bye", to = "\"${tu}" }`, []string{`38:30: send.bye.frame.to: unknown variable ${tu}; did you mean ${to}?`}},
		"in a list":             {`{ type = "bye", to = "${to}" }`, `{ args = [1, [true, "${tu}"]] }`, []string{`38:30: send.bye.frame.args[2][2]: unknown variable ${tu}`}},
		"filter":                {`"${param.name|int}"`, `"${param.name|itn}"`, []string{`19:9: peers.self: unknown filter "itn"; expected int, string, bool, json, b64json, or or opt; did you mean "int"?`}},
		"no brace":              {`"${param.name|int}"`, `"${param.name"`, []string{`19:9: peers.self: a variable has no closing brace`}},
		"no name":               {`"${param.name|int}"`, `"${}"`, []string{`19:9: peers.self: a variable has no name`}},
		"parameter":             {`"${param.name|int}"`, `"${param.nam}"`, []string{`19:9: peers.self: unknown variable ${param.nam}; did you mean ${param.name}?`}},
		"no parameter":          {`"${param.name|int}"`, `"${param.elephant}"`, []string{`19:9: peers.self: unknown variable ${param.elephant}; expected a [param] of that name`}},
		"of no room":            {`"${param.name|int}"`, `"${param.room}"`, []string{`19:9: peers.self: unknown variable ${param.room}`}},
		"self of itself":        {`"${param.name|int}"`, `"${self}"`, []string{`19:9: peers.self: ${self} has no value here, because it is made of this`}},
		"nothing captures":      {`{ type = "ping" }`, `{ type = "${var.tok}", x = "${var.elephant}" }`, []string{`30:19: timer[1].frame.type: unknown variable ${var.tok}; did you mean ${var.token}?`, `30:37: timer[1].frame.x: unknown variable ${var.elephant}; expected a rule that captures it`}},
		"nothing keeps":         {`{ type = "bye", to = "${to}" }`, `{ type = "${call.session}" }`, []string{`38:19: send.bye.frame.type: unknown variable ${call.session}; expected a rule that keeps it`}},
		"captured too late":     {`query = { id = "${self}" }`, `query = { id = "${var.token}" }`, []string{`9:17: channel.main.query.id: ${var.token} has no value before the connection stands`}},
		"sdp in bye":            {`{ type = "bye", to = "${to}" }`, `{ type = "bye", sdp = "${sdp.text}" }`, []string{`38:32: send.bye.frame.sdp: ${sdp.text} has a value in invite, accept, offer and answer only`}},
		"candidate in answer":   {`to = "${to}", sdp = "${sdp}" }` + "\n[send.candidate]", `candidate = "${candidate}", sdp = "${sdp}" }` + "\n[send.candidate]", []string{`34:41: send.answer.frame.candidate: ${candidate} has a value in candidate only`}},
		"call in a timer":       {`{ type = "ping" }`, `{ type = "${call.ref}", to = "${to.name}" }`, []string{`30:19: timer[1].frame.type: ${call.ref} has a value in the messages of a call only`, `30:39: timer[1].frame.to: ${to.name} has a value in the messages of a call only`}},
		"call in leave":         {"[[timer]]", "[send.leave]\nframe = \"${to}\"\n[[timer]]", []string{`28:10: send.leave.frame: ${to} has a value in the messages of a call only`}},
		"call in a match":       {`{ type = "bye" }` + "\ndo", `{ type = "${to}" }` + "\ndo", []string{`51:19: recv[3].match.type: ${to} has a value in the messages of a call only`}},
		"in a reply":            {"do = \"bye\"\n", "do = \"bye\"\nreply = [{ t = \"${to}\" }, { s = \"${sdp}\" }]\n", []string{`53:34: recv[3].reply[2].s: ${sdp} has a value in invite, accept, offer and answer only`}},
		"in a reply to all":     {"do = \"bye\"\n", "do = \"ignore\"\nreply = { t = \"${to}\" }\n", []string{`53:16: recv[3].reply.t: ${to} has a value in the messages of a call only`}},
		"in a probe":            {"[[timer]]", "[[probe]]\nsay = { type = \"${param.name}\", id = \"${self}\", r = \"${random}\" }\nhear = { type = \"${self}\" }\n[[timer]]", []string{`28:17: probe[1].say.type: ${param.name} has no value in a probe`, `28:39: probe[1].say.id: ${self} has no value in a probe`, `29:18: probe[1].hear.type: ${self} has no value in a probe`}},
		"in a default":          {`required = true`, `default = "${host} ${param.name} ${x}"`, []string{`6:20: param.name.default: ${param.name} has no value in a default; expected ${host} or ${hostname}`}},
		"self of nobody":        {`self = "${param.name|int}"`, ``, []string{`9:17: channel.main.query.id: ${self} has no value: expected self in [peers], or a rule that finds self`, `15:33: identify[1].frame.id: ${self} has no value: `, `17:2: peers: where peers are persons we have an id of our own`}},
		"kind without words":    {"[kinds]\naudio = \"voice\"\nvideo = \"video\"", "", []string{`29:7: send.invite: ${call.kind} has no value; expected [kinds] with the server's words`}},
		"same_as borrows":       {`same_as = "bye"`, `same_as = "answer"`, []string{`40:11: send.decline.same_as: answer uses ${sdp}, which has no value in decline`}},
		"answer says nothing":   {`{ type = "answer", to = "${to}", sdp = "${sdp}" }`, `{ type = "answer" }`, []string{`33:7: send.answer: says nothing without ${sdp}`}},
		"candidate says little": {`, candidate = "${candidate}" }`, ` }`, []string{`35:7: send.candidate: says nothing without ${candidate}`}},
		"nothing offers":        {`, sdp = "${sdp}" }` + "\n[send.answer]", " }\n[send.answer]", []string{`31:2: send: nothing carries our offer; expected ${sdp} in invite or offer, as flow.offer is "with-invite"`}},
	})
}

func TestParse_FindsMistakesOfMeaning(t *testing.T) {
	check(t, map[string]mistake{
		"name":                   {`"good"`, `"good--name"`, []string{`1:8: name: "good--name"; expected at most 40 lower-case letters, digits and single dashes`}},
		"long name":              {`"good"`, `"` + strings.Repeat("a", 41) + `"`, []string{`1:8: name: `}},
		"no main":                {"[channel.main]", "[channel.mian]", []string{`7:2: channel: [channel.main] is missing`}},
		"main of HTTP":           {`kind = "ws"` + "\nquery", `kind = "http"` + "\nquery", []string{`8:8: channel.main.kind: main must be a WebSocket; expected "ws" or "socketio"`}},
		"main after":             {`kind = "ws"` + "\n", "kind = \"ws\"\nafter = 1\n", []string{`9:1: channel.main.after: main is the first to open`}},
		"after too many":         {"[channel.io]", "after = 2\n[channel.io]", []string{`12:9: channel.api.after: 2; there are 1 steps of identify`}},
		"eio of ws":              {`kind = "ws"` + "\n", "kind = \"ws\"\neio = 4\nnamespace = \"/\"\nauth = 1\n", []string{`9:1: channel.main.eio: only Socket.IO has it`, `10:1: channel.main.namespace: only Socket.IO`, `11:1: channel.main.auth: only Socket.IO`}},
		"subprotocols of HTTP":   {"[channel.io]", "subprotocols = [\"a\"]\n[channel.io]", []string{`12:1: channel.api.subprotocols: HTTP has none`}},
		"path of a channel":      {`kind = "ws"` + "\n", "kind = \"ws\"\npath = \"talk\"\n", []string{`9:8: channel.main.path: "talk"; expected a text that begins with / and has no variables`}},
		"path with variables":    {`kind = "ws"` + "\n", "kind = \"ws\"\npath = \"/${host}\"\n", []string{`9:8: channel.main.path: `}},
		"scheme":                 {"[channel.io]", "url = \"ws://${host}\"\n[channel.io]", []string{`12:7: channel.api.url: "ws://"; expected http or https`}},
		"no address":             {"[channel.io]", "url = \"localhost:80\"\n[channel.io]", []string{`12:7: channel.api.url: "localhost:80"; expected an address`}},
		"rooms' order":           {`"with-invite"`, `"by-newcomer"`, []string{`24:9: flow.offer: "by-newcomer" is for rooms, and peers are persons`}},
		"words that are equal":   {`audio = "voice"`, `audio = "video"`, []string{`21:9: kinds.audio: the same word as video`}},
		"empty step":             {`frame = { type = "login", id = "${self}" }` + "\nexpect = { match = { type = \"welcome\" }, capture = { token = \"token\" } }", "optional = true", []string{`14:3: identify[1]: nothing to do; expected frame, frames, expect or built`, `15:1: identify[1]: optional is about expect, which is missing`}},
		"expect nothing":         {`match = { type = "welcome" }, `, ``, []string{`16:10: identify[1].expect: "match" is missing`}},
		"expect of HTTP":         {`expect = { match`, `expect = { via = "api", match`, []string{`16:12: identify[1].expect.via: HTTP does not speak by itself`, `16:35: identify[1].expect.match: "type" is in no frame of this channel; expected a path that begins with status or body`, `16:75`}},
		"step about no one":      {"[peers]", "unless = \"nam\"\nif = \"pass\"\n[peers]", []string{`17:10: identify[1].unless: no [param.nam]; did you mean "name"?`, `18:6: identify[1].if: no [param.pass]`}},
		"timer of nothing":       {`frame = { type = "ping" }`, ``, []string{`27:3: timer[1]: nothing to send; expected frame or frames`}},
		"frame and frames":       {`frame = { type = "ping" }`, "frame = {}\nframes = []", []string{`31:1: timer[1]: frame and frames; expected one of them`}},
		"beside frames":          {`frame = { type = "ping" }`, "frames = []\nvia = \"io\"\nack = true", []string{`31:1: timer[1]: via stands beside frame; with frames, each item has its own`, `32:1: timer[1]: ack stands beside frame`}},
		"channel":                {`frame = { type = "ping" }`, "via = \"ip\"\nframe = {}", []string{`30:7: timer[1].via: no [channel.ip]; did you mean "io"?`}},
		"channel of a rule":      {"do = \"bye\"\n", "do = \"bye\"\nvia = \"elsewhere\"\n", []string{`53:7: recv[3].via: no [channel.elsewhere]`}},
		"rule of HTTP":           {end, "match = { status = 200 }\ndo = \"bye\"\nvia = \"api\"\n", []string{`53:1: recv[3].via: HTTP does not speak by itself`}},
		"ack of ws":              {`frame = { type = "ping" }`, "frame = {}\nack = true", []string{`31:1: timer[1].ack: only a Socket.IO server acknowledges`}},
		"then of ws":             {`frame = { type = "ping" }`, "frame = {}\nthen = { do = \"ignore\" }\nok = { a = 1 }", []string{`31:1: timer[1].then: nothing comes back for this frame; expected a channel of HTTP, or ack = true`, `32:1: timer[1].ok: nothing comes back`}},
		"event missing":          {`frame = { type = "ping" }`, "via = \"io\"\nframe = { evnt = \"x\", args = [] }", []string{`31:9: timer[1].frame: "event" is missing`, `31:11: timer[1].frame: unknown key "evnt"; did you mean "event"?`}},
		"event of a number":      {`frame = { type = "ping" }`, "via = \"io\"\nframe = { event = 1, args = \"x\" }", []string{`31:19: timer[1].frame.event: expected the event's name`, `31:29: timer[1].frame.args: expected a list, not a text`}},
		"args of a variable":     {`frame = { type = "ping" }`, "via = \"io\"\nframe = { event = \"x\", args = \"${var.token}\" }", nil},
		"reserved event":         {`frame = { type = "ping" }`, "via = \"io\"\nframe = { event = \"connect\" }", []string{`31:19: timer[1].frame.event: "connect" is kept by Socket.IO for itself`}},
		"event of a text":        {`frame = { type = "ping" }`, "via = \"io\"\nframe = \"x\"", []string{`31:9: timer[1].frame: expected { event = "...", args = [...] }, as the channel is Socket.IO, not a text`}},
		"request of a list":      {`frame = { type = "ping" }`, "via = \"api\"\nframe = []", []string{`31:9: timer[1].frame: expected { method = "POST", path = "/...", body = ... }, as the channel is HTTP, not a list`}},
		"request of nothing":     {`frame = { type = "ping" }`, "via = \"api\"\nframe = {}", []string{`31:9: timer[1].frame: "method" is missing (GET, POST, PUT, PATCH or DELETE)`, `31:9: timer[1].frame: "path" is missing`}},
		"request of all wrong":   {`frame = { type = "ping" }`, "via = \"api\"\nframe = { method = \"get\", path = \"x\", query = 1, bdy = 1 }", []string{`31:20: timer[1].frame.method: expected "GET", `, `31:34: timer[1].frame.path: expected a text that begins with /`, `31:47: timer[1].frame.query: expected a table, not a whole number`, `31:50: timer[1].frame: unknown key "bdy"; did you mean "body"?`}},
		"answer's path":          {`frame = { type = "ping" }`, "via = \"api\"\nframe = { method = \"GET\", path = \"/\" }\nok = { code = 1 }\nthen = { match = { \"bdy.x\" = 1 }, text = \"msg\", capture = { a = \"body.a\" } }", []string{`32:8: timer[1].ok: "code" is in no frame of this channel; expected a path that begins with status or body`, `33:20: timer[1].then.match: "bdy.x" is in no frame of this channel; expected a path that begins with status or body; did you mean "body"?`, `33:42: timer[1].then.text: "msg" is in no frame`}},
		"path of an event":       {end, "via = \"io\"\nmatch = { event = \"x\", type = 1, \"*.x\" = 2 }\ndo = \"offer\"\nfrom = \"arg.0\"\nsdp = \"\"\n", []string{`52:24: recv[3].match: "type" is in no frame of this channel; expected a path that begins with event or args`, `54:8: recv[3].from: "arg.0" is in no frame of this channel; expected a path that begins with event or args; did you mean "args"?`}},
		"built without HTTP":     {"[peers]", "[[identify]]\nbuilt = \"block-puzzle\"\nvia = \"io\"\nok = { a = 1 }\n[peers]", []string{`19:7: identify[2].via: a built step speaks HTTP; expected such a channel`, `20:1: identify[2]: ok stands beside frame, and a built step has none`}},
		"loop":                   {`same_as = "bye"`, "same_as = \"cancel\"\n[send.cancel]\nsame_as = \"decline\"", []string{`40:11: send.decline.same_as: a loop: decline, cancel, decline`, `42:11: send.cancel.same_as: a loop: cancel, decline, cancel`}},
		"loop on itself":         {`same_as = "bye"`, `same_as = "decline"`, []string{`40:11: send.decline.same_as: a loop: decline, decline`}},
		"same as nothing":        {`same_as = "bye"`, `same_as = "busy"`, []string{`40:11: send.decline.same_as: no [send.busy]`}},
		"same_as and frame":      {`same_as = "bye"`, "same_as = \"bye\"\nframe = 1", []string{`40:11: send.decline: same_as and frames of its own; expected one of them`}},
		"send nothing":           {`same_as = "bye"`, "via = \"io\"", []string{`39:7: send.decline: nothing to send; expected frame or frames`, `40:1: send.decline: via stands beside frame`}},
		"offer without sdp":      {end, "match = { type = \"offer\" }\ndo = \"offer\"\nfrom = \"from\"\n", []string{`52:1: recv[3]: "offer" needs "sdp": where the description is`}},
		"offer from nobody":      {end, "match = { type = \"offer\" }\ndo = \"offer\"\nsdp = \"sdp\"\n", []string{`52:1: recv[3]: "offer" needs "from" where the offer is the ring: who it is`}},
		"invite from nobody":     {"from = \"from\"\n", "", []string{`43:1: recv[1]: "invite" needs "from" where peers are persons: who it is`}},
		"candidate of nothing":   {end, "match = { type = \"ice\" }\ndo = \"candidate\"\n", []string{`52:1: recv[3]: "candidate" needs "candidate": where it is`}},
		"signal of nothing":      {end, "match = { type = \"ice\" }\ndo = \"signal\"\n", []string{`52:1: recv[3]: "signal" needs "sdp" or "candidate": where it is`}},
		"roster of nobody":       {end, "match = { type = \"all\" }\ndo = \"roster\"\n", []string{`52:1: recv[3]: "roster" needs "members": where the items are`}},
		"nobody came":            {end, "match = { type = \"in\" }\ndo = \"came\"\n", []string{`52:1: recv[3]: "came" needs "from" where peers are persons: who it is`}},
		"refuse without a word":  {end, "match = { type = \"no\" }\ndo = \"refuse\"\n", []string{`52:1: recv[3]: "refuse" needs "code", "default_code" or "text": what to tell people`}},
		"members of a bye":       {end, "match = { type = \"no\" }\ndo = \"bye\"\nmembers = \"a\"\n", []string{`50:3: recv[3]: members and id are about a roster; expected do = "roster"`}},
		"kind without words":     {"[kinds]\naudio = \"voice\"\nvideo = \"video\"", "[x]", []string{`20:2: `, `29:7: send.invite: ${call.kind} has no value`}},
		"rule that is too late":  {"match = { type = \"bye\" }\ndo", "match = { type = \"answer\" }\ndo", []string{`51:9: recv[3].match: the same as of recv[2], which takes every such frame`}},
		"replies without number": {"do = \"bye\"\n", "do = \"bye\"\nreply = [" + strings.Repeat("1,", 17) + "]\n", []string{`53:9: recv[3].reply: 17 frames; expected at most 16`}},
	})
}

func TestParse_LimitsSizes(t *testing.T) {
	var rules strings.Builder
	for i := range 198 {
		fmt.Fprintf(&rules, "[[recv]]\nmatch = { a = %d }\ndo = \"ignore\"\n", i)
	}
	for name, row := range map[string]struct{ text, want string }{
		"file":     {good + strings.Repeat("#\n", profile.MaxFile/2), "1:1: the file has more than "},
		"rules":    {good + rules.String(), "644:3: recv: more than 200"},
		"channels": {good + "[channel.a]\nkind = \"ws\"\n[channel.b]\nkind = \"ws\"\n[channel.c]\nkind = \"ws\"\n[channel.d]\nkind = \"ws\"\n[channel.e]\nkind = \"ws\"\n[channel.f]\nkind = \"ws\"\n", "63:10: channel: more than 8"},
	} {
		_, err := profile.Parse([]byte(row.text))
		if err == nil || !strings.Contains("\n"+err.Error(), "\n"+row.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
