package engine_test

import (
	"errors"
	"testing"
	"time"

	"parley/signaling"
	"parley/signaling/dialect/engine"
	"parley/signaling/dialect/profile"
)

// base is a profile of persons; what follows it is added.
const base = `
name = "base"
title = "base"
[channel.main]
kind = "ws"
[peers]
kind = "person"
self = "${param.name}"
[param.name]
required = true
[flow]
offer = "with-invite"
[send.invite]
frame = { do = "call", to = "${to}", sdp = "${sdp}" }
[[recv]]
match = { do = "call" }
do = "offer"
from = "from"
sdp = "sdp"
[[recv]]
match = { do = "out" }
do = "refuse"
code = "why"
text = "text"
[[recv]]
match = { do = "elsewhere" }
do = "replaced"
default_code = "replaced"
[[recv]]
match = { do = "wrong" }
do = "fault"
code = "why"
text = "text"
default_code = "odd"
`

func TestIdentify_AtOnce(t *testing.T) {
	r := newRig(t, parsed(t, base))
	if _, err := r.engine.Send(signaling.Envelope{}, r.now); !errors.Is(err, signaling.ErrOffline) {
		t.Errorf("send before the connection: %v", err)
	}
	r.want(r.open(profile.Main), "ready me")
	r.want(r.lines(r.engine.Closed(r.now)), "")
	r.want(r.send("you", "1", signaling.Bye{}), "error "+signaling.ErrOffline.Error())
	r.want(r.open(profile.Main), "ready me")
}

func TestIdentify_Steps(t *testing.T) {
	p := parsed(t, base+`
[param.token]
[channel.side]
kind = "ws"
after = 2
[[identify]]
unless = "token"
frame = { login = "${self}" }
[[identify]]
if = "token"
frame = { token = "${param.token}" }
[[identify]]
frame = { hello = "${var.session|or:none}" }
expect = { match = { ok = true }, capture = { session = "id" }, ice = "ice", self = "you" }
within = "3s"
[[identify]]
via = "side"
frame = { again = "${var.session}" }
`)
	r := newRig(t, p)
	r.want(r.open(profile.Main), "say {'login':'me'}\nopen side\nsay {'hello':'none'}")
	r.want(r.hear(`{"ok":false}`), "")
	if count, last := r.engine.NotUnderstood(); count != 1 || last != "ok" {
		t.Errorf("not understood: %d, %q", count, last)
	}
	r.want(r.hear(`{"ok":true,"id":9007199254740993,"you":42,"ice":[{"urls":"stun:a"},{"urls":["turn:b"],"username":"u","credential":"c"}]}`), "")
	r.want(r.open("side"), "say by side {'again':9007199254740993}\nready 42 stun:a turn:b as u:c")

	r = newRig(t, p, "token", "secret")
	r.want(r.open(profile.Main), "say {'token':'secret'}\nopen side\nsay {'hello':'none'}")
	r.want(r.pass(2*time.Second), "")
	r.want(r.pass(time.Second), "fault no-answer: step 3: the server did not answer in time\ndrop")
	r.want(r.hear(`{"ok":true}`), "") // too late
	r.want(r.pass(time.Hour), "")
	r.want(r.open(profile.Main), "say {'token':'secret'}\nopen side\nsay {'hello':'none'}")
}

func TestIdentify_Optional(t *testing.T) {
	p := parsed(t, base+`
[[identify]]
expect = { match = { ok = true } }
within = "2s"
optional = true
[[identify]]
frame = { hello = 1 }
`)
	r := newRig(t, p)
	r.want(r.open(profile.Main), "")
	r.want(r.pass(2*time.Second), "say {'hello':1}\nready me")
	r = newRig(t, p)
	r.open(profile.Main)
	r.want(r.hear(`{"ok":true}`), "say {'hello':1}\nready me")
}

func TestIdentify_Refused(t *testing.T) {
	for _, test := range []struct{ frame, want string }{
		{`{"do":"out","why":"full","text":"no room\u0000\n here"}`, "fault full: the server refuses: full: no room here\nend: the server refuses: full: no room here"},
		{`{"do":"out"}`, "fault refused: the server refuses: refused\nend: the server refuses: refused"},
		{`{"do":"elsewhere"}`, "fault replaced: the server refuses: replaced\nend: the server refuses: replaced"},
		{`{"do":"wrong","text":"hm"}`, "fault odd: hm"},
	} {
		r := newRig(t, parsed(t, base+"[[identify]]\nframe = { hello = 1 }\nexpect = { match = { ok = true } }\n"))
		r.open(profile.Main)
		r.want(r.hear(test.frame), test.want)
		if len(r.acts) < 2 {
			continue
		}
		var refused *engine.RefusedError
		if end, ok := r.acts[1].(engine.End); !ok || !errors.As(end.Err, &refused) || refused.Code == "" {
			t.Errorf("%s: %v", test.frame, r.acts[1])
		}
		r.want(r.hear(`{"ok":true}`), "")
	}
}

func TestIdentify_RefusedLater(t *testing.T) {
	r := online(t, parsed(t, base))
	r.want(r.hear(`{"do":"out","why":"taken"}`), "fault taken: the server refuses: taken\ndrop")
	r = online(t, parsed(t, base))
	r.want(r.hear(`{"do":"elsewhere"}`), "fault replaced: the server refuses: replaced\nend: the server refuses: replaced")
}

const login = `
[channel.web]
kind = "http"
[[identify]]
via = "web"
frame = { method = "POST", path = "/login", body = { name = "${param.name}" } }
once = %s
ok = { "body.code" = "200" }
then = { self = "body.id", capture = { token = "body.token" }, code = "body.code", text = "body.msg" }
[[identify]]
via = "web"
frame = { method = "GET", path = "/friends", query = { token = "${var.token}" } }
ok = { "body.code" = 200 }
then = { do = "roster", members = "body.all.*.*", id = "id", name = "nick", code = "body.code", text = "body.msg" }
`

func TestIdentify_HTTP(t *testing.T) {
	p := parsed(t, base+replaced(login, "%s", "false"))
	r := newRig(t, p)
	r.want(r.open(profile.Main), "say by web ? {'body':{'name':'me'},'method':'POST','path':'/login'}")
	r.want(r.answer(`{"status":200,"body":{"code":"200","id":7,"token":"t"}}`), "say by web ? {'method':'GET','path':'/friends','query':{'token':'t'}}")
	r.want(r.answer(`{"status":200,"body":{"code":"200","all":{"B":[{"id":9,"nick":"Nine"}],"A":[{"id":7},{"id":8}]}}}`), "ready 7\nhere 8 9(Nine)")

	r = newRig(t, p)
	r.open(profile.Main)
	r.want(r.answer(`{"status":200,"body":{"code":401,"msg":"wrong"}}`), "fault 401: the server refuses: 401: wrong\nend: the server refuses: 401: wrong")
	r = newRig(t, p)
	r.open(profile.Main)
	r.want(r.answer(`{"status":502,"body":"oops"}`), "fault refused: a frame: not as expected\ndrop")
	r = newRig(t, p)
	r.open(profile.Main)
	r.want(r.lines(r.engine.Answered(r.ticket, nil, errors.New("no route"), r.now)), "fault no-answer: no answer: no route\ndrop")
}

func TestIdentify_Once(t *testing.T) {
	r := newRig(t, parsed(t, base+replaced(login, "%s", "true")))
	r.open(profile.Main)
	r.answer(`{"status":200,"body":{"code":"200","id":7,"token":"t"}}`)
	r.answer(`{"status":200,"body":{"code":"200"}}`)
	r.engine.Closed(r.now)
	friends := "say by web ? {'method':'GET','path':'/friends','query':{'token':'t'}}"
	r.want(r.open(profile.Main), friends)
	r.want(r.answer(`{"status":200,"body":{"code":"200"}}`), "ready 7\nhere")
	r.engine.Closed(r.now)
	r.want(r.open(profile.Main), friends)
	r.want(r.answer(`{"status":200,"body":{"code":401200,"msg":"expired"}}`), "fault 401200: expired\ndrop")
	r.want(r.open(profile.Main), "say by web ? {'body':{'name':'me'},'method':'POST','path':'/login'}")
}

func TestTimers(t *testing.T) {
	r := newRig(t, parsed(t, base+`
[[identify]]
expect = { match = { ok = true } }
[[timer]]
after = "3s"
frame = { once = 1 }
[[timer]]
after = "2s"
repeat = true
frame = { at = "${now}" }
[[timer]]
after = "1s"
repeat = true
frame = { id = "${var.session}" }
[[recv]]
match = { do = "session" }
do = "ignore"
capture = { session = "id" }
reply = { thanks = "${var.session}" }
`))
	r.open(profile.Main)
	r.pass(5 * time.Second)
	r.hear(`{"ok":true}`)
	r.want(r.pass(3*time.Second), "say {'at':1795251607000}\nsay {'once':1}")
	r.want(r.hear(`{"do":"session","id":"s"}`), "say {'thanks':'s'}")
	r.want(r.pass(2*time.Second), "say {'at':1795251609000}\nsay {'id':'s'}\nsay {'id':'s'}")
	r.engine.Closed(r.now)
	r.want(r.pass(time.Minute), "")
}
