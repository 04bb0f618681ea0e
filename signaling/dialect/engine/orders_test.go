package engine_test

import (
	"testing"
	"time"

	"parley/media"
	"parley/signaling"
	"parley/signaling/dialect/profile"
)

// phone is a profile of persons with a word for everything.
const phone = `
name = "phone"
title = "phone"
[channel.main]
kind = "ws"
[peers]
kind = "person"
self = "${param.name}"
ids = "preserve"
[param.name]
required = true
[kinds]
audio = "sound"
video = "picture"
[flow]
offer = "with-invite"
glare = "compare"
FLOW
[send.invite]
frame = { do = "call", to = "${to}", kind = "${call.kind}", sdp = "${sdp}", id = "${call.ref}" }
[send.ringing]
frame = { do = "ring", to = "${to}" }
[send.answer]
frame = { do = "answer", to = "${to}", sdp = "${sdp}" }
[send.offer]
frame = { do = "again", to = "${to}", sdp = "${sdp}" }
[send.decline]
frame = { do = "no", to = "${to}", text = "${call.text}" }
[send.busy]
frame = { do = "busy", to = "${to}" }
[send.cancel]
frame = { do = "cancel", to = "${to}" }
[send.timeout]
frame = { do = "late", to = "${to}" }
[send.candidate]
frame = { do = "ice", to = "${to}", ice = "${candidate.text}" }
[send.bye]
frame = { do = "bye", to = "${to}", after = "${call.duration}" }
[[recv]]
match = { do = "call" }
do = "invite"
from = "from"
name = "name"
kind = "kind"
sdp = "sdp"
ref = "id"
[[recv]]
match = { do = "ring" }
do = "ringing"
from = "from"
[[recv]]
match = { do = "answer" }
do = "answer"
from = "from"
sdp = "sdp"
ref = "id"
[[recv]]
match = { do = "again" }
do = "offer"
from = "from"
sdp = "sdp"
ref = "id"
[[recv]]
match = { do = "no" }
do = "decline"
from = "from"
text = "text"
[[recv]]
match = { do = "busy" }
do = "busy"
from = "from"
[[recv]]
match = { do = "cancel" }
do = "cancel"
from = "from"
[[recv]]
match = { do = "bye" }
do = "bye"
from = "from"
ref = "id"
[[recv]]
match = { do = "away" }
do = "unavailable"
from = "from"
code = "code"
[[recv]]
match = { do = "ice" }
do = "candidate"
from = "from"
candidate = "ice"
ref = "id"
`

func phoneWith(t *testing.T, flow string) *profile.Profile {
	t.Helper()
	return parsed(t, replaced(phone, "FLOW", flow))
}

func TestWithInvite_Caller(t *testing.T) {
	r := online(t, phoneWith(t, ""))
	r.want(r.send("you", "1", invite("A")), "say {'do':'call','id':'random2','kind':'picture','sdp':<offer A>,'to':'you'}")
	r.want(r.send("you", "1", candidate("A")), "say {'do':'ice','ice':'candidate:1 1 udp 1 127.0.0.1 4000 typ host ufrag A','to':'you'}")
	r.want(r.send("you", "1", signaling.Candidate{}), "")
	r.want(r.hear(`{"do":"ring","from":"you"}`), "you 1 ringing")
	r.want(r.hear(`{"do":"ring","from":"other"}`), "")
	r.want(r.hear(js(`{"do":"answer","from":"you","id":"another","sdp":<answer X>}`)), "")
	r.want(r.hear(js(`{"do":"answer","from":"other","sdp":<answer X>}`)), "")
	r.want(r.hear(js(`{"do":"answer","from":"you","id":"random2","sdp":<answer B>}`)), "you 1 answer B round 0")
	r.want(r.hear(js(`{"do":"answer","from":"you","sdp":<answer C>}`)), "")
	r.want(r.hear(`{"do":"no","from":"you"}`), "")   // another phone of the same person
	r.want(r.hear(`{"do":"busy","from":"you"}`), "") // the same
	r.now = r.now.Add(61500 * time.Millisecond)
	r.want(r.send("you", "0", signaling.Bye{}), "") // of no call
	r.want(r.send("you", "1", signaling.Bye{}), "say {'after':61,'do':'bye','to':'you'}")
	r.want(r.send("you", "1", signaling.Bye{}), "")
	r.want(r.hear(`{"do":"bye","from":"you"}`), "")
}

func TestWithInvite_Callee(t *testing.T) {
	r := online(t, phoneWith(t, ""))
	r.want(r.hear(js(`{"do":"call","from":5,"name":"  Five\u0007 ","kind":"sound","id":"x","sdp":<offer A>}`)), "5 in1 invite audio by Five with A")
	id := r.last
	r.want(r.send("5", id, signaling.Ringing{}), "say {'do':'ring','to':5}")
	r.want(r.hear(js(`{"do":"call","from":5,"id":"x","sdp":<offer A>}`)), "") // said twice
	r.want(r.hear(js(`{"do":"answer","from":5,"sdp":<answer B>}`)), "")
	r.want(r.hear(`{"do":"ice","from":5,"id":"x","ice":"candidate:9"}`), "5 in1 candidate candidate:9")
	r.want(r.hear(`{"do":"ice","from":5,"id":"y","ice":"candidate:8"}`), "")
	r.want(r.send("5", id, signaling.Accept{Kind: media.Audio}), "")
	r.want(r.send("5", id, answer("B")), "say {'do':'answer','sdp':<answer B>,'to':5}")
	r.want(r.hear(`{"do":"bye","from":5,"id":"y"}`), "")
	r.want(r.hear(`{"do":"bye","from":5,"id":"x"}`), "5 in1 bye")
	if r.engine.Talks() != 0 {
		t.Error("a call is left")
	}
}

func TestWithInvite_Refusals(t *testing.T) {
	for _, test := range []struct {
		m    signaling.Message
		want string
	}{
		{signaling.Decline{Text: "later"}, "say {'do':'no','text':'later','to':'you'}"},
		{signaling.Busy{}, "say {'do':'busy','to':'you'}"},
		{signaling.Bye{}, "say {'after':0,'do':'bye','to':'you'}"}, // rang out
	} {
		r := online(t, phoneWith(t, ""))
		r.hear(js(`{"do":"call","from":"you","sdp":<offer A>}`))
		r.want(r.send("you", r.last, test.m), test.want)
		if r.engine.Talks() != 0 {
			t.Error("a call is left")
		}
	}
	for _, test := range []struct{ frame, want string }{
		{`{"do":"no","from":"you","text":"not\nnow"}`, "you 1 decline not now"},
		{`{"do":"busy","from":"you"}`, "you 1 busy"},
		{`{"do":"bye","from":"you"}`, "you 1 bye"},
		{`{"do":"away","from":"you","code":"gone"}`, "you 1 unavailable gone"},
		{`{"do":"cancel","from":"you"}`, ""},
	} {
		r := online(t, phoneWith(t, ""))
		r.send("you", "1", invite("A"))
		r.want(r.hear(test.frame), test.want)
		r.want(r.hear(test.frame), "")
	}
	for _, frame := range []string{`{"do":"cancel","from":"you"}`, `{"do":"bye","from":"you"}`, `{"do":"no","from":"you"}`} {
		r := online(t, phoneWith(t, ""))
		r.hear(js(`{"do":"call","from":"you","sdp":<offer A>}`))
		r.want(r.hear(frame), "you in1 cancel")
	}
}

func TestWithInvite_Withdrawals(t *testing.T) {
	r := online(t, phoneWith(t, ""))
	r.send("you", "1", invite("A"))
	r.want(r.send("you", "1", signaling.Cancel{}), "say {'do':'cancel','to':'you'}")
	r.send("you", "2", invite("A"))
	r.want(r.send("you", "2", signaling.Cancel{Timeout: true}), "say {'do':'late','to':'you'}")
	r.send("you", "3", invite("A"))
	r.hear(js(`{"do":"answer","from":"you","sdp":<answer B>}`))
	r.want(r.send("you", "3", signaling.Cancel{}), "say {'after':0,'do':'bye','to':'you'}") // crossed the answer
	r.want(r.send("me", "4", invite("A")), "me 4 unavailable self")
}

func TestWithInvite_SoundOnlyAnswer(t *testing.T) {
	r := online(t, phoneWith(t, ""))
	r.send("you", "1", invite("A"))
	quiet := replaced(js(`{"do":"answer","from":"you","sdp":<answer B>}`), "m=video 9", "m=video 0")
	r.want(r.hear(quiet), "you 1 accept audio\nyou 1 answer B round 0")
}

func TestWithInvite_Restart(t *testing.T) {
	r := online(t, phoneWith(t, "restart = true"))
	r.send("you", "1", invite("A"))
	r.hear(js(`{"do":"answer","from":"you","sdp":<answer B>}`))
	second := offer("A2")
	second.Round = 1
	r.want(r.send("you", "1", second), "say {'do':'again','sdp':<offer A2>,'to':'you'}")
	r.want(r.hear(js(`{"do":"answer","from":"you","sdp":<answer B2>}`)), "you 1 answer B2 round 1")
	r.want(r.hear(js(`{"do":"answer","from":"you","sdp":<answer B3>}`)), "")

	r = online(t, phoneWith(t, "restart = true"))
	r.hear(js(`{"do":"call","from":"you","sdp":<offer A>}`))
	id := r.last
	r.send("you", id, signaling.Accept{})
	r.send("you", id, answer("B"))
	again := replaced(js(`{"do":"again","from":"you","sdp":<offer A>}`), "A 1 1", "A 1 2")
	r.want(r.hear(js(`{"do":"again","from":"you","sdp":<offer A>}`)), "")
	r.want(r.hear(again), "you in1 offer A round 1")
	r.want(r.hear(again), "")
	reply := answer("B")
	reply.Round = 1
	r.want(r.send("you", id, reply), "say {'do':'answer','sdp':<answer B>,'to':'you'}")
	// Another connection of theirs: they know nothing of this call any more.
	r.want(r.hear(js(`{"do":"call","from":"you","sdp":<offer C>}`)), "you in2 invite video with C")
}

func TestWithInvite_NoRestart(t *testing.T) {
	r := online(t, phoneWith(t, ""))
	r.send("you", "1", invite("A"))
	r.hear(js(`{"do":"answer","from":"you","sdp":<answer B>}`))
	second := offer("A2")
	second.Round = 1
	r.want(r.send("you", "1", second), "")
}

func TestGlare_Compare(t *testing.T) {
	r := online(t, phoneWith(t, "")) // we are "me"
	r.send("zoe", "1", invite("A"))
	r.want(r.hear(js(`{"do":"call","from":"zoe","sdp":<offer B>}`)), "zoe in1 invite video with B")
	r.want(r.send("zoe", "1", signaling.Cancel{}), "") // which would end theirs
	r.want(r.send("zoe", r.last, signaling.Accept{Kind: media.Video}), "")
	r.want(r.send("zoe", r.last, answer("C")), "say {'do':'answer','sdp':<answer C>,'to':'zoe'}")

	r = online(t, phoneWith(t, ""))
	r.send("bob", "1", invite("A"))
	r.want(r.hear(js(`{"do":"call","from":"bob","sdp":<offer B>}`)), "")
	r.want(r.hear(`{"do":"ice","from":"bob","ice":"candidate:1 ufrag B"}`), "") // of the call that lost
	r.want(r.hear(js(`{"do":"answer","from":"bob","sdp":<answer C>}`)), "bob 1 answer C round 0")
	r.want(r.hear(`{"do":"ice","from":"bob","ice":"candidate:1 ufrag C"}`), "bob 1 candidate candidate:1 ufrag C")
	r.want(r.pass(time.Minute), "")
}

// Our invite wins, but never came to them: they had just lost the connection.
func TestGlare_CompareWithOneWhoHeardNothing(t *testing.T) {
	r := online(t, phoneWith(t, ""))
	r.send("bob", "1", invite("A"))
	r.want(r.hear(js(`{"do":"call","from":"bob","sdp":<offer B>}`)), "")
	r.want(r.hear(`{"do":"ice","from":"bob","ice":"candidate:1 ufrag B"}`), "")
	r.want(r.pass(3*time.Second), "")
	r.want(r.pass(time.Second), "bob in1 invite video with B\nbob in1 candidate candidate:1 ufrag B")
	r.want(r.send("bob", "1", signaling.Cancel{}), "")
	r.want(r.send("bob", r.last, signaling.Accept{Kind: media.Video}), "")
	r.want(r.send("bob", r.last, answer("C")), "say {'do':'answer','sdp':<answer C>,'to':'bob'}")
	r.want(r.pass(time.Minute), "")
}

func TestGlare_Fixed(t *testing.T) {
	insists := parsed(t, replaced(replaced(phone, "FLOW", ""), `"compare"`, `"insist"`))
	r := online(t, insists)
	r.send("zoe", "1", invite("A"))
	r.want(r.hear(js(`{"do":"call","from":"zoe","sdp":<offer B>}`)), "")
	yields := parsed(t, replaced(replaced(phone, "FLOW", ""), `"compare"`, `"yield"`))
	r = online(t, yields)
	r.send("bob", "1", invite("A"))
	r.want(r.hear(js(`{"do":"call","from":"bob","sdp":<offer B>}`)), "bob in1 invite video with B")
}

// The machine had not seen their invite when it made ours; it will follow theirs.
func TestGlare_OnTheWayToTheMachine(t *testing.T) {
	r := online(t, phoneWith(t, ""))
	r.hear(js(`{"do":"call","from":"bob","sdp":<offer B>}`))
	r.want(r.send("bob", "1", invite("A")), "")
	r.want(r.send("bob", "1", signaling.Cancel{}), "")
	r.want(r.send("bob", r.last, signaling.Accept{}), "")
	r.want(r.send("bob", r.last, answer("C")), "say {'do':'answer','sdp':<answer C>,'to':'bob'}")
}

func TestRingLimit(t *testing.T) {
	r := online(t, phoneWith(t, `ring = "30s"`))
	r.send("you", "1", invite("A"))
	r.want(r.pass(29*time.Second), "")
	r.want(r.pass(time.Second), "you 1 bye\nsay {'do':'late','to':'you'}")
	r.hear(js(`{"do":"call","from":"you","sdp":<offer A>}`))
	r.want(r.pass(time.Minute), "you in1 cancel timeout")
	r.send("you", "2", invite("A"))
	r.hear(js(`{"do":"answer","from":"you","sdp":<answer B>}`))
	r.want(r.pass(time.Hour), "")
}

func TestEarlyCandidates(t *testing.T) {
	r := online(t, phoneWith(t, ""))
	r.want(r.hear(`{"do":"ice","from":"you","ice":"candidate:1 ufrag A"}`), "")
	r.want(r.hear(`{"do":"ice","from":"you","ice":"candidate:2 ufrag old"}`), "") // of a past call
	r.want(r.hear(`{"do":"ice","from":"other","ice":"candidate:3"}`), "")
	r.want(r.hear(js(`{"do":"call","from":"you","sdp":<offer A>}`)), "you in1 invite video with A\nyou in1 candidate candidate:1 ufrag A")
	r.want(r.pass(10*time.Second), "")
	r.want(r.hear(js(`{"do":"call","from":"other","sdp":<offer B>}`)), "other in2 invite video with B")
}

func TestHint(t *testing.T) {
	r := online(t, phoneWith(t, "hint = true"))
	r.hear(js(`{"do":"call","from":"you","sdp":<offer A>}`))
	r.want(r.hear(`{"do":"bye","from":"you"}`), "you in1 cancel")
	r.send("you", "1", invite("A"))
	r.hear(js(`{"do":"answer","from":"you","sdp":<answer B>}`))
	r.want(r.hear(`{"do":"bye","from":"you"}`), "you 1 unavailable")
	r.want(r.send("you", "1", signaling.Bye{}), "say {'after':0,'do':'bye','to':'you'}")
}

// A call outlives the connection if it was answered, and only then.
func TestReconnect(t *testing.T) {
	r := online(t, phoneWith(t, ""))
	r.send("you", "1", invite("A"))
	r.hear(js(`{"do":"answer","from":"you","sdp":<answer B>}`))
	r.hear(js(`{"do":"call","from":"other","sdp":<offer C>}`))
	r.engine.Closed(r.now)
	r.open(profile.Main)
	r.want(r.send("other", r.last, signaling.Decline{}), "")
	r.want(r.send("you", "1", signaling.Bye{}), "say {'after':0,'do':'bye','to':'you'}")

	r.send("you", "2", invite("A"))
	r.hear(js(`{"do":"answer","from":"you","sdp":<answer B>}`))
	r.engine.Closed(r.now)
	r.want(r.send("you", "2", signaling.Bye{}), "error "+signaling.ErrOffline.Error())
	if r.engine.Talks() != 0 {
		t.Error("a call is left that was ended without a connection")
	}
}
