package profile_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/signaling"
	"parley/signaling/dialect/profile"
)

func parse(t *testing.T, text string) *profile.Profile {
	t.Helper()
	p, err := profile.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// least is the smallest profile.
const least = `name = "least"
[channel.main]
kind = "ws"
[peers]
kind = "room"
[flow]
offer = "after-accept"
[send.invite]
frame = { type = "ring" }
[[recv]]
match = { type = "ring" }
do = "invite"
`

func TestParse_LeavesTheRestAtItsDefaults(t *testing.T) {
	p := parse(t, least)
	if p.Title.In("zh") != "least" || p.Note.In("en") != "" || p.Port != 0 || p.Unproven || p.Params != nil || p.Identify != nil || p.Timers != nil || p.Probes != nil {
		t.Errorf("%+v", p)
	}
	if want := (profile.Flow{Offer: profile.AfterAccept, Glare: profile.GlareWait, Leave: profile.Stay}); p.Flow != want {
		t.Errorf("flow is %+v", p.Flow)
	}
	if want := (profile.Candidates{Trickle: true, Hold: profile.HoldNever, Shape: profile.CandidateInit, End: profile.EndNone}); p.Candidates != want || p.SDP != profile.SDPObject {
		t.Errorf("candidates are %+v, SDP is %s", p.Candidates, p.SDP)
	}
	if p.Peers.IDs != profile.StringID || p.Peers.Self != nil || p.Peers.Name != nil || p.Kinds != (profile.Kinds{}) {
		t.Errorf("peers are %+v, kinds %+v", p.Peers, p.Kinds)
	}
	if want := (profile.Channel{Kind: profile.WebSocket}); !reflect.DeepEqual(p.Channels, map[string]profile.Channel{"main": want}) {
		t.Errorf("channels are %+v", p.Channels)
	}
	if r := p.Recv[0]; r.Via != profile.Main || r.Do != profile.DoInvite || r.From != nil || len(r.Match) != 1 || r.Match[0].Path.String() != "type" || len(r.Match[0].Is) != 1 {
		t.Errorf("the rule is %+v", p.Recv[0])
	}
}

// most has every key that least has not.
const most = `name = "most-2"
title = "Most"
note = { en = "Everything", zh = "全部" }
port = 1
unproven = true
[param.key]
[param.secret]
label = { en = "Secret", zh = "密" }
default = "http://${hostname}"
required = true
secret = true
[channel.main]
kind = "socketio"
eio = 3
namespace = "/chat"
path = "/io/"
auth = { token = "${param.secret}" }
query = { id = "${random}" }
header = { "X-Key" = "${param.key|opt}" }
subprotocols = ["a", "b"]
[channel.api]
kind = "http"
url = "${param.secret}"
after = 1
[[identify]]
via = "api"
frame = { method = "POST", path = "/in", query = { a = "${param.name}" }, header = { b = "c" }, body = [1, 2.5, true] }
ok = { status = 200, "body.error" = { absent = true } }
then = { match = { body = { exists = true } }, self = "body.id", code = "body.code", default_code = "no", capture = { t = "body.token" } }
unless = "key"
within = "1m"
[[identify]]
frames = [
	{ body = { event = "a" }, ack = true, then = { do = "roster", members = "args.0.*", id = "id", name = "nick" } },
	{ body = { event = "b", args = ["${var.t}"] } },
]
expect = { match = { event = ["c", "d"] }, ice = "args.0.ice", present = "args.1" }
optional = true
once = true
if = "key"
[peers]
kind = "person"
ids = "preserve"
name = "${param.name}!"
[kinds]
audio = "a"
video = "v"
[flow]
offer = "with-invite"
glare = "insist"
ring = "30s"
restart = true
echo = true
leave = "reconnect"
goodbye = "bye"
quiet = "2s"
hint = true
[sdp]
encoding = "base64-json"
[candidates]
gather = "1500ms"
trickle = false
hold = "until-answer"
shape = "label"
end = "completed"
[[timer]]
after = "1m30s"
repeat = true
frame = { event = "t", args = [] }
[send.invite]
frame = { event = "i", args = ["${call.kind}", "${sdp}"] }
[send.cancel]
same_as = "bye"
[send.bye]
same_as = "decline"
[send.decline]
frame = { event = "d", args = ["${call.row|or:-1}"] }
[[recv]]
match = { event = "x", "args.0.a\\.b" = { exists = true } }
do = "fault"
text = "args.0"
keep = { row = "args.1" }
reply = { event = "y" }
[[recv]]
match = { event = "z" }
do = "bye"
ref = "args.3"
reply = [{ event = "y" }, { via = "api", body = { method = "GET", path = "/", body = { via = 1 } }, then = { do = "ringing" } }]
[[probe]]
say = [{ via = "api", body = { method = "GET", path = "/" } }, { event = "a", args = ["${uuid}"] }]
hear = { "body.x" = 1 }
[[probe]]
hear = { event = "hello" }
`

func TestParse_ReadsEverything(t *testing.T) {
	p := parse(t, most)
	if p.Title.In("zh") != "Most" || p.Note.In("zh") != "全部" || p.Note.In("de") != "Everything" || p.Port != 1 || !p.Unproven {
		t.Errorf("%+v", p)
	}
	if want := []profile.Param{
		{Key: "key", Label: profile.Text{"en": "key"}},
		{Key: "secret", Label: profile.Text{"en": "Secret", "zh": "密"}, Default: "http://${hostname}", Required: true, Secret: true},
	}; !reflect.DeepEqual(p.Params, want) {
		t.Errorf("parameters are %+v", p.Params)
	}
	if got, ok := p.Param("secret"); !ok || got.Key != "secret" {
		t.Errorf("the parameter is %+v", got)
	}
	if _, ok := p.Param("none"); ok {
		t.Error("found a parameter that is not there")
	}
	if want := (profile.Flow{
		Offer: profile.WithInvite, Glare: profile.GlareInsist, Ring: 30 * time.Second, Restart: true, Echo: true,
		Leave: profile.Reconnect, Goodbye: "bye", Quiet: 2 * time.Second, Hint: true,
	}); p.Flow != want {
		t.Errorf("flow is %+v", p.Flow)
	}
	if want := (profile.Candidates{Gather: 1500 * time.Millisecond, Hold: profile.HoldUntilAnswer, Shape: profile.CandidateLabel, End: profile.EndCompleted}); p.Candidates != want || p.SDP != profile.SDPBase64 {
		t.Errorf("candidates are %+v, SDP is %s", p.Candidates, p.SDP)
	}
	if p.Peers.Kind != profile.Person || p.Peers.IDs != profile.PreserveID || p.Peers.Name == nil || p.Kinds != (profile.Kinds{Audio: "a", Video: "v"}) {
		t.Errorf("peers are %+v, kinds %+v", p.Peers, p.Kinds)
	}
	if len(p.Timers) != 1 || p.Timers[0].After != 90*time.Second || !p.Timers[0].Repeat || p.Timers[0].Frames[0].Via != "main" {
		t.Errorf("timers are %+v", p.Timers)
	}
	if got := slices.Sorted(maps.Keys(p.Send)); !slices.Equal(got, []profile.Message{"bye", "cancel", "decline", "invite"}) || !reflect.DeepEqual(p.Send["cancel"], p.Send["decline"]) {
		t.Errorf("said are %q", got)
	}
}

func TestParse_ReadsChannels(t *testing.T) {
	p := parse(t, most)
	main, api := p.Channels["main"], p.Channels["api"]
	if main.Kind != profile.SocketIO || main.EIO != 3 || main.Namespace != "/chat" || main.Path != "/io/" || main.URL != nil || main.Auth == nil ||
		len(main.Query) != 1 || len(main.Header) != 1 || !slices.Equal(main.Subprotocols, []string{"a", "b"}) {
		t.Errorf("main is %+v", main)
	}
	if api.Kind != profile.HTTP || api.EIO != 0 || api.Namespace != "" || api.URL == nil || api.After != 1 {
		t.Errorf("api is %+v", api)
	}
	bare := parse(t, strings.NewReplacer(`"ws"`, `"socketio"`, "type =", "event =").Replace(least)).Channels["main"]
	if bare.EIO != 4 || bare.Namespace != "/" || bare.Path != "/socket.io/" {
		t.Errorf("bare Socket.IO is %+v", bare)
	}
}

func TestParse_ReadsStepsAndRules(t *testing.T) {
	p := parse(t, most)
	one, two := p.Identify[0], p.Identify[1]
	if one.Within != time.Minute || one.Unless != "key" || one.Expect != nil || len(one.Frames) != 1 || one.Frames[0].Via != "api" || one.Frames[0].Ack || len(one.Frames[0].OK) != 2 || !one.Frames[0].OK[1].Absent {
		t.Errorf("the first step is %+v", one)
	}
	then := one.Frames[0].Then
	if then == nil || then.Do != "" || then.Self == nil || then.Code0 != "no" || then.Capture["t"].String() != "body.token" || !then.Match[0].Exists {
		t.Errorf("then is %+v", then)
	}
	if two.Within != 10*time.Second || !two.Optional || !two.Once || two.If != "key" || len(two.Frames) != 2 || !two.Frames[0].Ack || two.Frames[0].Then.Do != profile.DoRoster {
		t.Errorf("the second step is %+v", two)
	}
	if e := two.Expect; e == nil || e.Via != "main" || len(e.Match[0].Is) != 2 || e.ICE == nil || e.Present == nil {
		t.Errorf("expected is %+v", two.Expect)
	}
	if r := p.Recv[0]; r.Match[1].Path.String() != `args.0.a\.b` || r.Text == nil || r.Keep["row"].String() != "args.1" || len(r.Reply) != 1 || r.Reply[0].Via != "main" {
		t.Errorf("the first rule is %+v", r)
	}
	if r := p.Recv[1]; len(r.Reply) != 2 || r.Reply[1].Via != "api" || r.Reply[1].Then == nil || r.Ref.String() != "args.3" {
		t.Errorf("the second rule is %+v", r)
	}
	if len(p.Probes) != 2 || len(p.Probes[0].Say) != 2 || p.Probes[0].Say[0].Via != "api" || p.Probes[1].Say != nil || len(p.Probes[1].Hear) != 1 {
		t.Errorf("the probes are %+v", p.Probes)
	}
}

func TestProfile_TellsWhatItsServerCan(t *testing.T) {
	for name, row := range map[string]struct {
		text  string
		can   []string
		lacks []string
	}{
		"least":       {least, []string{"rooms"}, []string{"noBye", "noDecline", "noCancel", "noRinging", "noBusy", "noPresence"}},
		"most":        {most, []string{"offerWithInvite", "ringing", "decline", "cancel", "bye", "presence", "kinds", "restart", "unproven"}, []string{"noBusy", "unproven"}},
		"by-newcomer": {strings.Replace(least, "after-accept", "by-newcomer", 1), []string{"offerWithInvite", "rooms"}, nil},
		"by-member":   {strings.Replace(least, "after-accept", "by-member", 1), []string{"offerWithInvite", "rooms"}, nil},
		"goodbye":     {strings.Replace(least, "[send", "goodbye = \"x\"\n[send", 1), []string{"bye", "rooms"}, nil},
		"reconnect":   {strings.Replace(least, "[send", "leave = \"reconnect\"\n[send", 1), []string{"decline", "cancel", "bye", "rooms"}, nil},
		"busy":        {least + "[send.busy]\nframe = 1\n", []string{"busy", "rooms"}, nil},
		"came":        {least + "[[recv]]\nmatch = { a = 1 }\ndo = \"came\"\n", []string{"presence", "rooms"}, nil},
		"contacts":    {strings.Replace(least, "[peers]\n", "[peers]\ncontacts = true\n", 1) + "[[recv]]\nmatch = { a = 1 }\ndo = \"came\"\n", []string{"rooms"}, nil},
		"present":     {least + "present = \"x\"\n", []string{"presence", "rooms"}, nil},
		"in a timer":  {strings.Replace(least, "[send", "[channel.api]\nkind = \"http\"\n[[timer]]\nafter = \"1s\"\nvia = \"api\"\nframe = { method = \"GET\", path = \"/\" }\nthen = { do = \"roster\", members = \"body.*\" }\n[send", 1), []string{"presence", "rooms"}, nil},
	} {
		p := parse(t, row.text)
		if got := p.Capabilities().Names(); !slices.Equal(got, row.can) {
			t.Errorf("%s can %q", name, got)
		}
		if got := p.Lacks(); row.lacks != nil && !slices.Equal(got, row.lacks) {
			t.Errorf("%s lacks %q", name, got)
		}
	}
	if got := parse(t, most).Habits(); got != (signaling.PeerHabits{Gather: 1500 * time.Millisecond, Goodbye: "bye"}) {
		t.Errorf("habits are %+v", got)
	}
}

func TestProblem_String(t *testing.T) {
	all := profile.Problems{{Line: 1, Column: 2, Path: "a.b", Text: "x"}, {Line: 3, Column: 4, Text: "y"}}
	if got := all.Error(); got != "1:2: a.b: x\n3:4: y" {
		t.Errorf("got %q", got)
	}
}
