package engine_test

import (
	"testing"
	"time"

	"parley/media"
	"parley/signaling"
	"parley/signaling/dialect/profile"
)

// demo is a room whose server sends everything to everybody in it.
const demo = `
name = "demo"
title = "demo"
[channel.main]
kind = "ws"
[peers]
kind = "room"
[param.room]
[flow]
offer = "after-accept"
glare = "wait"
echo = true
[candidates]
hold = "until-answer"
end = "null"
[send.invite]
frame = { do = "call" }
[send.accept]
frame = { do = "accept" }
[send.offer]
frame = { do = "offer", sdp = "${sdp}" }
[send.answer]
frame = { do = "answer", sdp = "${sdp}" }
[send.candidate]
frame = { do = "ice", ice = "${candidate}" }
[send.commit]
frame = { do = "apply" }
[send.bye]
frame = { do = "bye" }
[send.decline]
same_as = "bye"
[send.cancel]
same_as = "bye"
[[recv]]
match = { do = "call" }
do = "invite"
[[recv]]
match = { do = "accept" }
do = "accept"
[[recv]]
match = { do = "offer" }
do = "offer"
sdp = "sdp"
[[recv]]
match = { do = "answer" }
do = "answer"
sdp = "sdp"
[[recv]]
match = { do = "ice" }
do = "candidate"
candidate = "ice"
[[recv]]
match = { do = "apply" }
do = "commit"
[[recv]]
match = { do = "bye" }
do = "bye"
`

func TestAfterAccept_Caller(t *testing.T) {
	r := newRig(t, parsed(t, demo))
	r.want(r.open(profile.Main), "ready\nhere den")
	r.want(r.send("den", "1", invite("")), "say {'do':'call'}")
	r.want(r.hear(`{"do":"call"}`), "") // our own
	r.want(r.hear(js(`{"do":"answer","sdp":<answer X>}`)), "")
	r.want(r.hear(`{"do":"accept"}`), "den 1 accept")
	r.want(r.hear(`{"do":"accept"}`), "") // another one's
	r.want(r.send("den", "1", offer("A")), "say {'do':'offer','sdp':<offer A>}")
	r.want(r.send("den", "1", candidate("A")), "")
	r.want(r.hear(js(`{"do":"offer","sdp":<offer A>}`)), "") // our own
	r.want(r.hear(js(`{"do":"answer","sdp":<answer B>}`)), `den 1 answer B round 0
say {'do':'ice','ice':{'candidate':'candidate:1 1 udp 1 127.0.0.1 4000 typ host ufrag A','sdpMLineIndex':0,'sdpMid':'0'}}
say {'do':'apply'}`)
	r.want(r.hear(js(`{"do":"answer","sdp":<answer C>}`)), "") // of a page whose user did not even press a button
	r.want(r.hear(`{"do":"ice","ice":{"candidate":"candidate:1 1 udp 1 127.0.0.1 4000 typ host ufrag A"}}`), "")
	r.want(r.hear(`{"do":"ice","ice":{"candidate":"candidate:2 ufrag C"}}`), "")
	r.want(r.hear(`{"do":"ice","ice":{"candidate":"candidate:3 ufrag B"}}`), "den 1 candidate candidate:3 ufrag B")
	r.want(r.send("den", "1", signaling.Candidate{}), "say {'do':'ice','ice':null}")
	r.want(r.pass(249*time.Millisecond), "")
	r.want(r.pass(time.Millisecond), "say {'do':'apply'}")
	r.want(r.hear(`{"do":"apply"}`), "")
	r.want(r.send("den", "1", signaling.Bye{}), "say {'do':'bye'}")
	r.want(r.hear(`{"do":"bye"}`), "")
}

func TestAfterAccept_Callee(t *testing.T) {
	r := online(t, parsed(t, demo))
	r.want(r.hear(`{"do":"call"}`), "den in1 invite video")
	id := r.last
	r.want(r.hear(js(`{"do":"offer","sdp":<offer X>}`)), "") // before our accept it is somebody else's
	r.want(r.hear(`{"do":"ice","ice":"candidate:5"}`), "")
	r.want(r.send("den", id, signaling.Accept{Kind: media.Video}), "say {'do':'accept'}")
	r.want(r.hear(`{"do":"accept"}`), "")
	r.want(r.hear(js(`{"do":"offer","sdp":<offer A>}`)), "den in1 offer A round 0")
	r.want(r.hear(js(`{"do":"offer","sdp":<offer A>}`)), "")
	r.want(r.send("den", id, candidate("B")), "")
	r.want(r.send("den", id, answer("B")), `say {'do':'answer','sdp':<answer B>}
say {'do':'ice','ice':{'candidate':'candidate:1 1 udp 1 127.0.0.1 4000 typ host ufrag B','sdpMLineIndex':0,'sdpMid':'0'}}`)
	r.want(r.hear(js(`{"do":"answer","sdp":<answer B>}`)), "")
	r.want(r.pass(time.Second), "say {'do':'apply'}")
	r.want(r.hear(`{"do":"call"}`), "") // of a third: our call goes on
	r.want(r.hear(`{"do":"bye"}`), "den in1 bye")
}

// Somebody else in the room took the call.
func TestAfterAccept_Taken(t *testing.T) {
	for _, frame := range []string{`{"do":"accept"}`, js(`{"do":"answer","sdp":<answer X>}`)} {
		r := online(t, parsed(t, demo))
		r.hear(`{"do":"call"}`)
		r.want(r.hear(frame), "den in1 cancel")
		r.want(r.send("den", r.last, signaling.Accept{}), "")
	}
}

// A caller who gave up without a word rings again.
func TestAfterAccept_RungAgain(t *testing.T) {
	r := online(t, parsed(t, demo))
	r.hear(`{"do":"call"}`)
	first := r.last
	r.want(r.hear(`{"do":"call"}`), "den in2 invite video")
	r.want(r.send("den", first, signaling.Decline{}), "")
	r.want(r.send("den", r.last, signaling.Decline{}), "say {'do':'bye'}")
}

// Where a refusal has no word of its own, a goodbye is one.
func TestAfterAccept_Refused(t *testing.T) {
	r := online(t, parsed(t, demo))
	r.send("den", "1", invite(""))
	r.want(r.hear(`{"do":"bye"}`), "den 1 decline")
	r.hear(`{"do":"call"}`) // the echo, late
	r.hear(`{"do":"call"}`)
	r.want(r.hear(`{"do":"bye"}`), "den in1 cancel")
}

// An echo that does not come is waited for only so long.
func TestEcho_Expires(t *testing.T) {
	r := online(t, parsed(t, demo))
	r.send("den", "1", invite(""))
	r.send("den", "1", signaling.Cancel{})
	r.pass(5 * time.Second)
	r.want(r.hear(`{"do":"call"}`), "den in1 invite video")
	r.want(r.hear(`{"do":"bye"}`), "den in1 cancel")
}

// As often as we said it we do not hear it; goodbyes are one word.
func TestEcho_Counts(t *testing.T) {
	r := online(t, parsed(t, demo))
	r.hear(`{"do":"call"}`)
	r.send("den", r.last, signaling.Decline{})
	r.hear(`{"do":"call"}`)
	r.want(r.hear(`{"do":"bye"}`), "")
	r.want(r.hear(`{"do":"bye"}`), "den in2 cancel")
}

func TestGlare_Wait(t *testing.T) {
	// They give in first.
	r := online(t, parsed(t, demo))
	r.send("den", "1", invite(""))
	r.hear(`{"do":"call"}`)
	r.want(r.hear(`{"do":"call"}`), "")
	r.want(r.hear(`{"do":"accept"}`), "den 1 accept")
	r.want(r.pass(time.Minute), "")
	// We do.
	r = online(t, parsed(t, demo))
	r.send("den", "1", invite(""))
	r.hear(`{"do":"call"}`)
	r.want(r.hear(`{"do":"call"}`), "")
	r.want(r.pass(99*time.Millisecond), "")
	r.want(r.pass(1500*time.Millisecond), "den in1 invite video")
	r.want(r.send("den", "1", signaling.Cancel{}), "") // it would end everybody's
	r.want(r.send("den", r.last, signaling.Accept{}), "say {'do':'accept'}")
	// A page that met ours does neither.
	r = online(t, parsed(t, demo))
	r.send("den", "1", invite(""))
	r.hear(`{"do":"call"}`)
	r.hear(`{"do":"call"}`)
	r.want(r.send("den", "1", signaling.Cancel{}), "say {'do':'bye'}")
	r.want(r.pass(time.Minute), "")
}

// The answer can travel with the accept, and sound be all that is wanted.
func TestAfterAccept_WithKinds(t *testing.T) {
	p := parsed(t, replaced(replaced(demo, "[candidates]", "[kinds]\naudio = \"a\"\nvideo = \"v\"\n[candidates]"),
		`frame = { do = "accept" }`, `frame = { do = "accept", kind = "${call.kind}" }`)+"[[recv]]\nmatch = { do = \"call2\" }\ndo = \"invite\"\nkind = \"kind\"\n[[recv]]\nmatch = { do = \"accept2\" }\ndo = \"accept\"\nkind = \"kind\"\n")
	r := online(t, p)
	r.want(r.hear(`{"do":"call2","kind":"v"}`), "den in1 invite video")
	r.want(r.send("den", r.last, signaling.Accept{Kind: media.Audio}), "say {'do':'accept','kind':'a'}")
	r.hear(`{"do":"accept","kind":"a"}`)
	r.want(r.send("den", r.last, signaling.Bye{}), "say {'do':'bye'}")
	r.hear(`{"do":"bye"}`)
	r.want(r.hear(`{"do":"call2","kind":"a"}`), "den in2 invite audio")
	r.want(r.send("den", r.last, signaling.Decline{}), "say {'do':'bye'}")
	r.send("den", "1", invite(""))
	r.want(r.hear(`{"do":"accept2","kind":"a"}`), "den 1 accept audio")
}
