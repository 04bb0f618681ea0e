package engine_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"parley/signaling"
	"parley/signaling/dialect/profile"
	"parley/signaling/dialect/value"
)

// The objects of simple-peer say themselves what they are.
func TestSignal(t *testing.T) {
	p := parsed(t, base+`
[[recv]]
match = { signal = { exists = true } }
do = "signal"
from = "from"
sdp = "signal"
`)
	r := online(t, p)
	r.want(r.hear(js(`{"from":"you","signal":<offer A>}`)), "you in1 invite video with A")
	r.want(r.hear(`{"from":"you","signal":{"type":"candidate","candidate":{"candidate":"candidate:1","sdpMLineIndex":0,"sdpMid":"0"}}}`), "you in1 candidate candidate:1")
	r.want(r.hear(`{"from":"you","signal":{"candidate":{"candidate":"candidate:2"}}}`), "you in1 candidate candidate:2")
	r.want(r.hear(`{"from":"you","signal":"{\"candidate\":{\"candidate\":\"candidate:3\"}}"}`), "you in1 candidate candidate:3")
	for _, frame := range []string{
		`{"from":"you","signal":{"type":"renegotiate","renegotiate":true}}`,
		`{"from":"you","signal":{"type":"transceiverRequest","transceiverRequest":{"kind":"video"}}}`,
		`{"from":"you","signal":"{\"renegotiate\":true}"}`,
	} {
		r.want(r.hear(frame), "")
	}
	if n, _ := r.engine.NotUnderstood(); n != 0 {
		t.Errorf("%d frames not understood", n)
	}
	r.want(r.hear(`{"from":"you","signal":{"type":"nonsense"}}`), "")
	r.want(r.hear(`{"from":"you","signal":"v=0"}`), "")
	if n, _ := r.engine.NotUnderstood(); n != 2 {
		t.Errorf("%d frames not understood", n)
	}
	r.send("you", r.last, signaling.Decline{})
	r.send("you", "1", invite("B"))
	r.want(r.hear(js(`{"from":"you","signal":<answer C>}`)), "you 1 answer C round 0")
}

func TestNotUnderstood(t *testing.T) {
	r := online(t, parsed(t, base))
	for i, test := range []struct{ frame, last string }{
		{`123`, "number"},
		{`"hello"`, "text"},
		{`null`, "null"},
		{`true`, "bool"},
		{`[1]`, "list"},
		{`{"b":1,"a":"secret"}`, "a b"},
		{`{"event":"odd\u0000 one","args":["secret"]}`, "odd one"},
		{`{"do":"call","from":"you","sdp":"nonsense"}`, "do from sdp"},
		{`{"do":"call","from":"","sdp":"v=0"}`, "do from sdp"},
		{`{"do":"call","from":true,"sdp":"v=0"}`, "do from sdp"},
		{`{"do":"call","from":"a\u0000","sdp":"v=0"}`, "do from sdp"},
		{`{"do":"call","from":"` + strings.Repeat("x", 257) + `","sdp":"v=0"}`, "do from sdp"},
		{`{"do":"call","sdp":"v=0"}`, "do sdp"},
		{`{"do":"call","from":"you","sdp":{"type":"answer","sdp":"v=0"}}`, "do from sdp"},
	} {
		r.want(r.hear(test.frame), "")
		if n, last := r.engine.NotUnderstood(); n != i+1 || last != test.last {
			t.Errorf("%s: %d %q", test.frame, n, last)
		}
	}
	r.hear(`{"event":"connect","args":[{"sid":"x"}]}`)
	if n, _ := r.engine.NotUnderstood(); n != 14 {
		t.Error("Socket.IO's own event is counted")
	}
}

func TestRoster(t *testing.T) {
	r := online(t, parsed(t, base+`
[send.cancel]
frame = { never = "mind" }
[[recv]]
match = { all = { exists = true } }
do = "roster"
members = "all.*"
id = "id"
name = "nick"
[[recv]]
match = { do = "came" }
do = "came"
from = "id"
name = "nick"
[[recv]]
match = { do = "gone" }
do = "gone"
from = "id"
`))
	r.want(r.hear(`{"all":[{"id":"zoe"},{"id":2,"nick":"Two"},{"id":"me"},{"nick":"nobody"},{"id":"zoe"}]}`), "here 2(Two) zoe")
	r.want(r.hear(`{"all":[{"id":"zoe"},{"id":2,"nick":"Two"}]}`), "")
	r.want(r.hear(`{"do":"came","id":"bob","nick":"Bob\n"}`), "here 2(Two) bob(Bob) zoe")
	r.want(r.hear(`{"do":"came","id":"me"}`), "")
	r.send("bob", "1", invite("A"))
	r.want(r.hear(`{"do":"gone","id":"bob"}`), "say {'never':'mind'}\nbob 1 unavailable gone\nhere 2(Two) zoe")
	r.hear(js(`{"do":"call","from":"zoe","sdp":<offer A>}`))
	r.want(r.hear(`{"all":[]}`), "here\nzoe in1 unavailable gone")
	r.hear(`{"all":[{"id":"zoe"}]}`)
	r.send("zoe", "2", invite("A"))
	r.want(r.hear(`{"all":[]}`), "here\nsay {'never':'mind'}\nzoe 2 unavailable gone")
}

func TestPresent(t *testing.T) {
	p := parsed(t, replaced(demo, `match = { do = "call" }`, "match = { there = { exists = true } }\ndo = \"ignore\"\npresent = \"there\"\n[[recv]]\nmatch = { do = \"call\" }"))
	r := online(t, p)
	for _, test := range []struct {
		there string
		here  bool
	}{
		{`true`, true}, {`false`, false}, {`"true"`, true}, {`"False"`, false}, {`2`, true}, {`0`, false}, {`["x"]`, true}, {`[]`, false}, {`{"a":1}`, true}, {`""`, false},
	} {
		want := "here"
		if test.here {
			want = "here den"
		}
		r.hear(`{"there":` + map[bool]string{true: "false", false: "true"}[test.here] + `}`)
		r.want(r.hear(`{"there":`+test.there+`}`), want)
	}
	r.want(r.hear(`{"do":"call"}`), "here den\nden in1 invite video")
}

func TestICE(t *testing.T) {
	r := online(t, parsed(t, base+`
[[recv]]
match = { ice = { exists = true } }
do = "ignore"
ice = "ice"
`))
	r.want(r.hear(`{"ice":[{"urls":"stun:a"}]}`), "ready me stun:a")
	r.want(r.hear(`{"ice":[{"urls":"stun:a"}]}`), "")
	r.want(r.hear(`{"ice":"nonsense"}`), "")
	r.want(r.hear(`{"ice":[{"urls":"stun:a","username":"u"}]}`), "ready me stun:a as u:")
}

// What comes before we are known waits until then.
func TestBeforeReady(t *testing.T) {
	r := newRig(t, parsed(t, base+"[[identify]]\nexpect = { match = { ok = true } }\n"))
	r.open(profile.Main)
	r.want(r.hear(js(`{"do":"call","from":"you","sdp":<offer A>}`)), "")
	r.want(r.hear(`{"ok":true}`), "ready me\nyou in1 invite video with A")
	r.want(r.send("you", r.last, signaling.Accept{}), "")
}

const web = `
[channel.web]
kind = "http"
[send.bye]
via = "web"
frame = { method = "POST", path = "/bye", body = { row = "${call.row|or:-1}" } }
ok = { "body.code" = 1 }
then = { text = "body.msg", code = "body.code" }
[send.candidate]
via = "web"
frame = { method = "POST", path = "/ice", body = { row = "${call.row|int|or:-1}", ice = "${candidate.mid}" } }
`

func webPhone(t *testing.T) *profile.Profile {
	t.Helper()
	return parsed(t, replaced(base, `frame = { do = "call", to = "${to}", sdp = "${sdp}" }`, `via = "web"
frame = { method = "POST", path = "/call", body = "${sdp.type}" }
ok = { "body.code" = [1, 2] }
then = { keep = { row = "body.row" }, text = "body.msg", code = "body.code" }`)+web)
}

func TestAnswers(t *testing.T) {
	r := online(t, webPhone(t))
	r.want(r.send("you", "1", invite("A")), "say by web ? {'body':'offer','method':'POST','path':'/call'}")
	call := r.ticket
	r.want(r.send("you", "1", candidate("A")), "say by web ? {'body':{'ice':'0','row':-1},'method':'POST','path':'/ice'}")
	r.want(r.answer(`{"status":500}`), "") // one candidate of many; other candidates and descriptions remain
	r.ticket = call
	r.want(r.answer(`{"status":200,"body":{"code":"1","row":"77"}}`), "")
	r.want(r.answer(`{"status":200,"body":{"code":"1","row":"78"}}`), "") // answered twice
	r.want(r.send("you", "1", candidate("A")), "say by web ? {'body':{'ice':'0','row':77},'method':'POST','path':'/ice'}")
	r.want(r.send("you", "1", signaling.Bye{}), "say by web ? {'body':{'row':'77'},'method':'POST','path':'/bye'}")
	r.want(r.answer(`{"status":200,"body":{"code":3,"msg":"no such call"}}`), "fault 3: bye: no such call")

	r.send("you", "2", invite("A"))
	r.want(r.answer(`{"status":200,"body":{"code":500211,"msg":"not a friend"}}`), "you 2 unavailable 500211")
	r.send("you", "3", invite("A"))
	r.want(r.lines(r.engine.Answered(r.ticket, nil, errors.New("refused"), r.now)), "you 3 unavailable no-answer")
	if r.engine.Talks() != 0 {
		t.Error("a call is left")
	}
	r.send("you", "4", invite("A"))
	late := r.ticket
	r.engine.Closed(r.now)
	r.want(r.lines(r.engine.Answered(late, nil, nil, r.now)), "")
}

func TestVariables(t *testing.T) {
	p := parsed(t, base+`
[send.leave]
frame = { id = "${uuid}", other = "${uuid}", own = "${random}", again = "${random}", host = "${host}", name = "${hostname}", who = "${self.name}", param = "${param.extra|opt}", plain = "${param.plain}" }
[param.extra]
[param.plain]
default = "as said"
`)
	r := online(t, p)
	written, err := value.Encode(decode(t, strings.ReplaceAll(strings.TrimPrefix(r.lines(r.engine.Leave(r.now)), "say "), "'", `"`)))
	if err != nil {
		t.Fatal(err)
	}
	v := decode(t, string(written))
	if text(v, "id") == text(v, "other") || len(text(v, "id")) != 36 || text(v, "id")[14] != '4' {
		t.Errorf("uuids: %s %s", text(v, "id"), text(v, "other"))
	}
	for _, want := range [][2]string{
		{"own", "random1"}, {"again", "random1"}, {"host", "server.example:1234"}, {"name", "server.example"}, {"who", "me"}, {"param", ""}, {"plain", "as said"},
	} {
		if got := text(v, want[0]); got != want[1] {
			t.Errorf("%s is %q", want[0], got)
		}
	}
	r.want(r.lines(r.engine.Leave(r.now)), "")
	r.want(r.hear(`{"do":"wrong"}`), "")
}

// A word that lacks a value is not said, and the caller learns of it.
func TestUnaddressed(t *testing.T) {
	p := parsed(t, replaced(base, `do = "call", to`, `do = "${var.never}", to`)+"[[recv]]\nmatch = { x = 1 }\ndo = \"ignore\"\ncapture = { never = \"y\" }\n")
	r := online(t, p)
	acts, err := r.engine.Send(signaling.Envelope{Peer: signaling.Address{Server: server, Name: "you"}, Call: "1", Message: invite("A")}, r.now)
	if !errors.Is(err, value.ErrNoValue) {
		t.Errorf("error %v", err)
	}
	r.want(r.lines(acts), "you 1 unavailable unaddressed")
}

// Words that do not say whose they are belong to the call they fit best.
func TestUnnamed(t *testing.T) {
	p := parsed(t, replaced(replaced(phone, "FLOW", ""), "do = \"answer\"\nfrom = \"from\"", "do = \"answer\""))
	p2 := parsed(t, replaced(replaced(phone, "FLOW", ""), "do = \"bye\"\nfrom = \"from\"", "do = \"bye\""))
	r := online(t, p)
	r.send("you", "1", invite("A"))
	r.now = r.now.Add(time.Second)
	r.hear(js(`{"do":"call","from":"third","id":"x","sdp":<offer X>}`))
	r.want(r.hear(js(`{"do":"answer","sdp":<answer B>}`)), "you 1 answer B round 0")

	r = online(t, p2)
	r.send("you", "1", invite("A"))
	r.hear(js(`{"do":"answer","from":"you","sdp":<answer B>}`))
	r.now = r.now.Add(time.Second)
	r.hear(js(`{"do":"call","from":"third","id":"x","sdp":<offer X>}`))
	r.want(r.hear(`{"do":"bye"}`), "you 1 bye")
	r.want(r.hear(`{"do":"bye","id":"y"}`), "")
	r.want(r.hear(`{"do":"bye","id":"x"}`), "third in1 cancel")
	r.want(r.hear(`{"do":"bye"}`), "")
}

func TestIDs(t *testing.T) {
	for _, test := range []struct{ ids, heard, said string }{
		{"string", `5`, `5`}, {"integer", `"5"`, `"5"`}, {"preserve", `5`, `5`}, {"preserve", `"5"`, `"5"`},
	} {
		p := parsed(t, replaced(base, "[peers]", "[peers]\nids = \""+test.ids+"\"")+"[send.decline]\nframe = { to = \"${to}\" }\n")
		r := online(t, p)
		r.hear(js(`{"do":"call","from":` + test.heard + `,"sdp":<offer A>}`))
		r.want(r.send("5", r.last, signaling.Decline{}), "say {'to':"+strings.ReplaceAll(test.said, `"`, "'")+"}")
		want := map[string]string{"string": `'5'`, "integer": `5`, "preserve": strings.ReplaceAll(test.heard, `"`, "'")}[test.ids]
		r.want(r.send("5", "1", invite("A")), "say {'do':'call','sdp':<offer A>,'to':"+want+"}")
	}
}

// A rule that only knows who it is from is nobody's where that is oneself.
func TestFromOneself(t *testing.T) {
	r := online(t, phoneWith(t, ""))
	r.want(r.hear(js(`{"do":"call","from":"me","sdp":<offer A>}`)), "")
	r.want(r.hear(`{"do":"ice","from":"me","ice":"candidate:1"}`), "")
	if n := r.engine.Sizes()["early senders"]; n != 0 {
		t.Error("own candidates are kept")
	}
}

func TestAcceptWithAnswer(t *testing.T) {
	p := parsed(t, base+`
[send.accept]
frame = { do = "accept", text = "${sdp.text}", type = "${sdp.type}", who = "${to.name}" }
[send.candidate]
frame = { text = "${candidate.text}", mid = "${candidate.mid|opt}", index = "${candidate.index|opt}" }
[[recv]]
match = { do = "accept" }
do = "accept"
from = "from"
sdp = "text"
`)
	r := online(t, p)
	r.hear(js(`{"do":"call","from":"you","sdp":<offer A>}`))
	r.want(r.send("you", r.last, signaling.Accept{}), "")
	r.want(r.send("you", r.last, signaling.Description{Type: signaling.Answer, SDP: "v=0"}), "say {'do':'accept','text':'v=0','type':'answer','who':'you'}")
	r.want(r.send("you", r.last, signaling.Candidate{Candidate: "candidate:1"}), "say {'text':'candidate:1'}")
	r.want(r.send("you", r.last, candidate("x")), "say {'index':0,'mid':'0','text':'candidate:1 1 udp 1 127.0.0.1 4000 typ host ufrag x'}")
	r.want(r.send("you", r.last, signaling.Bye{}), "")

	r.send("you", "1", invite("A"))
	r.want(r.hear(`{"do":"accept","from":"you","text":"v=0\r\no=B 1 1 IN IP4 0\r\n"}`), "you 1 accept\nyou 1 answer B round 0")
}

// What others read of us is the profile's to say.
func TestSelfName(t *testing.T) {
	p := parsed(t, replaced(base, "[peers]", "[peers]\nname = \"${var.nick}\"")+`
[send.bye]
frame = { as = "${self.name}" }
[[recv]]
match = { nick = { exists = true } }
do = "ignore"
capture = { nick = "nick" }
`)
	r := online(t, p)
	r.send("you", "1", invite("A"))
	r.want(r.send("you", "1", signaling.Bye{}), "say {'as':'me'}")
	r.hear(`{"nick":"Nick"}`)
	r.send("you", "2", invite("A"))
	r.want(r.send("you", "2", signaling.Bye{}), "say {'as':'Nick'}")
}
