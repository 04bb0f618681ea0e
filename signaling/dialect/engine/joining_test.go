package engine_test

import (
	"testing"
	"time"

	"parley/signaling"
	"parley/signaling/dialect/profile"
)

// joined is a room whose members have ids, and where joining rings.
const joined = `
name = "joined"
title = "joined"
[channel.main]
kind = "ws"
[peers]
kind = "room"
[param.room]
[flow]
offer = "ORDER"
glare = "yield"
FLOW
[send.offer]
frame = { to = "${to}", sdp = "${sdp}" }
[send.answer]
frame = { to = "${to}", sdp = "${sdp}" }
[send.candidate]
frame = { to = "${to}", ice = "${candidate.text}" }
[send.bye]
frame = { to = "${to}", do = "bye" }
[send.decline]
same_as = "bye"
[send.busy]
frame = { to = "${to}", do = "busy" }
[[identify]]
frame = { do = "join" }
expect = { match = { do = "joined" }, do = "roster", members = "all.*", self = "you" }
[[recv]]
match = { do = "came" }
do = "came"
from = "who"
[[recv]]
match = { do = "went" }
do = "gone"
from = "who"
[[recv]]
match = { sdp = { exists = true } }
do = "signal"
from = "from"
sdp = "sdp"
[[recv]]
match = { ice = { exists = true } }
do = "candidate"
from = "from"
candidate = "ice"
[[recv]]
match = { do = "bye" }
do = "bye"
from = "from"
[[recv]]
match = { do = "seated" }
do = "cancel"
from = "from"
`

func inRoom(t *testing.T, order, flow, others string) *rig {
	t.Helper()
	r := online(t, parsed(t, replaced(replaced(joined, "ORDER", order), "FLOW", flow)))
	r.hear(`{"do":"joined","you":"m0","all":[` + others + `]}`)
	return r
}

func TestByNewcomer(t *testing.T) {
	// Who comes offers, and rings.
	r := inRoom(t, "by-newcomer", "", `"m0"`)
	r.want(r.hear(`{"do":"came","who":"m1"}`), "here den")
	r.want(r.pass(time.Minute), "")
	r.want(r.hear(`{"ice":"candidate:1","from":"m1"}`), "")
	r.want(r.hear(js(`{"sdp":<offer A>,"from":"m1"}`)), "den in1 invite video with A\nden in1 candidate candidate:1")
	r.want(r.hear(js(`{"sdp":<offer B>,"from":"m2"}`)), "say {'do':'busy','to':'m2'}")
	r.want(r.send("den", r.last, signaling.Accept{}), "")
	r.want(r.send("den", r.last, answer("C")), "say {'sdp':<answer C>,'to':'m1'}")
	r.want(r.hear(js(`{"sdp":<offer B>,"from":"m2"}`)), "say {'do':'busy','to':'m2'}")
	r.want(r.hear(`{"do":"bye","from":"m2"}`), "")
	r.want(r.hear(`{"do":"went","who":"m2"}`), "")
	r.want(r.hear(`{"do":"went","who":"m1"}`), "den in1 unavailable gone\nhere") // the media tell better
	r.want(r.hear(`{"do":"bye","from":"m1"}`), "den in1 bye")
}

func TestByNewcomer_WeCall(t *testing.T) {
	// Somebody is there: at once.
	r := inRoom(t, "by-newcomer", "", `"m0", "m1", "m2"`)
	r.want(r.send("den", "1", invite("A")), "say {'sdp':<offer A>,'to':'m2'}")
	r.want(r.hear(js(`{"sdp":<answer X>,"from":"m1"}`)), "")
	r.want(r.hear(js(`{"sdp":<answer B>,"from":"m2"}`)), "den 1 answer B round 0")
	// Nobody is: who comes offers.
	r = inRoom(t, "by-newcomer", "", `"m0"`)
	r.want(r.send("den", "1", invite("A")), "")
	r.want(r.send("den", "1", candidate("A")), "")
	r.want(r.hear(`{"do":"came","who":"m1"}`), "here den")
	r.want(r.hear(js(`{"sdp":<offer B>,"from":"m1"}`)), "den in1 invite video with B")
	r.want(r.send("den", "1", signaling.Cancel{}), "")
	r.want(r.pass(time.Minute), "")
	// Whom we rang has gone unnoticed, and comes back as another.
	r = inRoom(t, "by-newcomer", "", `"m0", "m1"`)
	r.want(r.send("den", "1", invite("A")), "say {'sdp':<offer A>,'to':'m1'}")
	r.want(r.hear(js(`{"sdp":<offer B>,"from":"m2"}`)), "den in1 invite video with B")
	// Who comes does not offer.
	r = inRoom(t, "by-newcomer", "", `"m0"`)
	r.send("den", "1", invite("A"))
	r.send("den", "1", candidate("A"))
	r.hear(`{"do":"came","who":"m1"}`)
	r.want(r.pass(2*time.Second), "say {'sdp':<offer A>,'to':'m1'}\nsay {'ice':'candidate:1 1 udp 1 127.0.0.1 4000 typ host ufrag A','to':'m1'}")
	// Nobody heard of it.
	r = inRoom(t, "by-newcomer", "leave = \"reconnect\"", `"m0"`)
	r.send("den", "1", invite("A"))
	r.want(r.send("den", "1", signaling.Cancel{}), "")
}

func TestByMember(t *testing.T) {
	r := inRoom(t, "by-member", "", `"m0"`)
	r.want(r.hear(`{"do":"came","who":"m0"}`), "") // ourselves
	r.want(r.hear(`{"do":"came","who":"m1"}`), "here den")
	r.want(r.pass(300*time.Millisecond), "den in1 invite video reversed")
	r.want(r.hear(`{"do":"came","who":"m2"}`), "")
	r.want(r.send("den", r.last, signaling.Accept{}), "")
	r.want(r.send("den", r.last, offer("A")), "say {'sdp':<offer A>,'to':'m1'}")
	r.want(r.hear(js(`{"sdp":<answer X>,"from":"m2"}`)), "")
	r.want(r.hear(js(`{"sdp":<answer B>,"from":"m1"}`)), "den in1 answer B round 0")
	r.want(r.send("den", r.last, signaling.Bye{}), "say {'do':'bye','to':'m1'}")

	// Who goes before we answer rings no more.
	r = inRoom(t, "by-member", "", `"m0"`)
	r.hear(`{"do":"came","who":"m1"}`)
	r.pass(300 * time.Millisecond)
	r.want(r.hear(`{"do":"went","who":"m1"}`), "den in1 unavailable gone\nhere")
	// Who only sits there, or goes at once, does not ring.
	for _, frame := range []string{`{"do":"seated","from":"m1"}`, `{"do":"went","who":"m1"}`} {
		r = inRoom(t, "by-member", "", `"m0"`)
		r.hear(`{"do":"came","who":"m1"}`)
		r.hear(frame)
		r.want(r.pass(time.Minute), "")
	}
}

func TestByMember_WeCall(t *testing.T) {
	r := inRoom(t, "by-member", "", `"m0", "m1"`)
	r.want(r.send("den", "1", invite("A")), "say {'sdp':<offer A>,'to':'m1'}")
	r = inRoom(t, "by-member", "", `"m0"`)
	r.want(r.send("den", "1", invite("A")), "")
	r.want(r.hear(`{"do":"came","who":"m1"}`), "here den\nsay {'sdp':<offer A>,'to':'m1'}")
	r.want(r.hear(`{"do":"went","who":"m1"}`), "den 1 unavailable gone\nhere")
}

// Who stayed in the room meets us anew, and their offer waits for our user.
func TestQuiet(t *testing.T) {
	flow := "leave = \"reconnect\"\nquiet = \"3s\""
	r := inRoom(t, "by-member", flow, `"m0", "m1"`)
	r.hear(js(`{"sdp":<offer A>,"from":"m1"}`))
	r.want(r.send("den", r.last, signaling.Decline{}), "say {'do':'bye','to':'m1'}\ndrop")
	again := func() {
		r.engine.Closed(r.now)
		r.open(profile.Main)
		r.hear(`{"do":"joined","you":"m0","all":["m1"]}`)
	}
	again()
	r.want(r.hear(js(`{"sdp":<offer B>,"from":"m1"}`)), "")
	r.want(r.hear(`{"ice":"candidate:1","from":"m1"}`), "")
	r.pass(time.Minute)
	r.want(r.send("den", "1", invite("X")), "den in2 invite video with B\nden in2 candidate candidate:1")
	r.want(r.send("den", "1", signaling.Cancel{}), "")
	r.want(r.send("den", r.last, signaling.Accept{}), "")
	r.want(r.send("den", r.last, answer("C")), "say {'sdp':<answer C>,'to':'m1'}")
	r.want(r.send("den", r.last, signaling.Bye{}), "say {'do':'bye','to':'m1'}\ndrop")
	// Who goes takes the offer along.
	again()
	r.hear(js(`{"sdp":<offer D>,"from":"m1"}`))
	r.hear(`{"do":"went","who":"m1"}`)
	r.want(r.send("den", "2", invite("Y")), "")
	r.want(r.send("den", "2", signaling.Cancel{}), "")
	// After that it rings again.
	again()
	r.pass(3 * time.Second)
	r.want(r.hear(js(`{"sdp":<offer E>,"from":"m1"}`)), "den in3 invite video with E")
}

// A new offer in a room where nobody has an id is believed only after a loss.
func TestRoom_OfferInCall(t *testing.T) {
	p := parsed(t, replaced(replaced(replaced(joined, "ORDER", "by-newcomer"), "FLOW", ""), `from = "from"`, ""))
	r := online(t, p)
	r.hear(`{"do":"joined","you":"m0","all":["m1"]}`)
	r.hear(js(`{"sdp":<offer A>}`))
	r.send("den", r.last, signaling.Accept{})
	r.want(r.hear(js(`{"sdp":<offer B>}`)), "")
	r.engine.Closed(r.now)
	r.open(profile.Main)
	r.hear(`{"do":"joined","you":"m0","all":["m1"]}`)
	r.want(r.hear(js(`{"sdp":<offer C>}`)), "den in2 invite video with C")
}

// Where the server does not tell who is there, an offer may go out to nobody, and
// is repeated to who comes.
func TestByMember_OfferToNobody(t *testing.T) {
	p := parsed(t, replaced(replaced(replaced(replaced(joined, "ORDER", "by-member"), "FLOW", ""), `to = "${to}", `, ""),
		`, do = "roster", members = "all.*", self = "you"`, ""))
	r := online(t, p)
	r.hear(`{"do":"joined"}`)
	r.want(r.send("den", "1", invite("A")), "say {'sdp':<offer A>}")
	r.want(r.send("den", "1", candidate("A")), "say {'ice':'candidate:1 1 udp 1 127.0.0.1 4000 typ host ufrag A'}")
	r.want(r.hear(`{"do":"came","who":"m1"}`), "say {'sdp':<offer A>}\nsay {'ice':'candidate:1 1 udp 1 127.0.0.1 4000 typ host ufrag A'}")
	r.want(r.hear(js(`{"sdp":<answer B>,"from":"m1"}`)), "den 1 answer B round 0")
}
