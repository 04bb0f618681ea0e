package hub_test

import (
	"fmt"
	"strings"
	"testing"

	"parley/signaling/hub"
)

const call = `"call":"0123456789_abcdef-XYZ"`

func TestRelay_EveryFrameOfACall(t *testing.T) {
	virtually(t, hub.Options{}, func(b *bench) {
		anna, _, _ := b.join(`{"type":"identify","name":"anna","display":"Anna"}`)
		bert := b.member("Bert")
		anna.next("came")
		for _, c := range []struct{ kind, members, relayed string }{
			{"invite", `"kind":"audio"`, `"kind":"audio","display":"Anna"`},
			{"invite", `"kind":"video","description":{"type":"offer","sdp":"v=0\r\n","round":0}`, `"kind":"video","display":"Anna","description":{"type":"offer","sdp":"v=0\r\n","round":0}`},
			{"ringing", `"x":1`, ``},
			{"accept", `"kind":"video"`, `"kind":"video"`},
			{"decline", `"text":"later"`, `"text":"later"`},
			{"decline", `"x":1`, ``},
			{"busy", `"x":1`, ``},
			{"cancel", `"timeout":true`, `"timeout":true`},
			{"cancel", `"timeout":false`, ``},
			{"description", `"description":{"type":"answer","sdp":"v=0","round":3}`, `"description":{"type":"answer","sdp":"v=0","round":3}`},
			{"candidate", `"candidate":{"candidate":"c","sdpMid":"0","sdpMLineIndex":0,"usernameFragment":"u"}`, `"candidate":{"candidate":"c","sdpMid":"0","sdpMLineIndex":0,"usernameFragment":"u"}`},
			{"candidate", `"candidate":{"candidate":""}`, `"candidate":{"candidate":""}`},
			{"bye", `"x":1`, ``},
		} {
			anna.send(fmt.Sprintf(`{"type":%q,"to":"BERT","from":"mallory",%s,%s}`, c.kind, call, c.members))
			bert.expect(strings.Replace(fmt.Sprintf(`{"type":%q,"from":"anna",%s,%s}`, c.kind, call, c.relayed), ",}", "}", 1))
		}
		anna.expectNothing()
	})
}

func TestRelay_KeepsTheOrder(t *testing.T) {
	virtually(t, hub.Options{}, func(b *bench) {
		anna, bert := b.member("anna"), b.member("bert")
		for i := range 150 {
			anna.send(fmt.Sprintf(`{"type":"decline","to":"bert",%s,"text":"%d"}`, call, i))
		}
		for i := range 150 {
			bert.expect(fmt.Sprintf(`{"type":"decline","from":"anna",%s,"text":"%d"}`, call, i))
		}
	})
}

func TestRelay_ToNobody(t *testing.T) {
	virtually(t, hub.Options{}, func(b *bench) {
		anna := b.member("anna")
		for _, name := range []string{"bert", "anna", "echo", "guest-abcdefgh"} {
			anna.send(`{"type":"invite","to":"` + name + `","kind":"audio",` + call + `}`)
			e := anna.expectError("unknown-peer")
			if e["to"] != name || e["call"] != "0123456789_abcdef-XYZ" {
				b.Errorf("error %v", e)
			}
		}
	})
}

func TestLink_LetsGuestsReachTheirHostOnly(t *testing.T) {
	virtually(t, hub.Options{}, func(b *bench) {
		anna, _, _ := b.join(`{"type":"identify","name":"anna","display":"Anna"}`)
		bert := b.member("bert")
		anna.next("came")
		token := anna.link()

		guest, welcome, presence := b.join(`{"type":"identify","invite":"` + token + `","display":"A friend"}`)
		self := welcome["self"].(map[string]any)
		name := self["name"].(string)
		if len(name) != 14 || !strings.HasPrefix(name, "guest-") || self["kind"] != "guest" || self["display"] != "A friend" {
			b.Errorf("self %v", self)
		}
		if here := presence["here"].([]any); len(here) != 1 || here[0].(map[string]any)["name"] != "anna" {
			b.Errorf("here %v", here)
		}
		anna.expect(`{"type":"came","member":{"name":"` + name + `","display":"A friend","kind":"guest"}}`)

		guest.send(`{"type":"invite","to":"Anna","kind":"video",` + call + `}`)
		anna.expect(`{"type":"invite","from":"` + name + `","display":"A friend","kind":"video",` + call + `}`)
		anna.send(`{"type":"accept","to":"` + name + `","kind":"video",` + call + `}`)
		guest.expect(`{"type":"accept","from":"anna","kind":"video",` + call + `}`)

		for _, other := range []string{"bert", "nobody", "echo", name} {
			guest.send(`{"type":"invite","to":"` + other + `","kind":"video",` + call + `}`)
			guest.expectError("forbidden")
		}
		guest.send(`{"type":"link"}`)
		guest.expectError("forbidden")
		bert.send(`{"type":"invite","to":"` + name + `","kind":"video",` + call + `}`)
		bert.expectError("unknown-peer") // it does not even learn that there is such a guest

		second, _, presence := b.join(`{"type":"identify","invite":"` + token + `"}`)
		if here := presence["here"].([]any); len(here) != 1 {
			b.Errorf("a guest sees %v", here)
		}
		anna.next("came")
		_ = second.ws.Close()
		anna.next("gone")
		bert.expectNothing()
		guest.expectNothing()
	})
}

func TestLink_HostLeavesAndReturns(t *testing.T) {
	virtually(t, hub.Options{}, func(b *bench) {
		anna := b.member("anna")
		token := anna.link()
		guest, _, _ := b.join(`{"type":"identify","invite":"` + token + `"}`)
		_ = anna.ws.Close()
		guest.expect(`{"type":"gone","name":"anna"}`)
		guest.send(`{"type":"invite","to":"anna","kind":"video",` + call + `}`)
		guest.expectError("unknown-peer")
		late, _, presence := b.join(`{"type":"identify","invite":"` + token + `"}`)
		if here := presence["here"].([]any); len(here) != 0 {
			b.Errorf("here %v", here)
		}
		again, _, presence := b.join(`{"type":"identify","name":"anna"}`)
		if here := presence["here"].([]any); len(here) != 2 {
			b.Errorf("here %v", here)
		}
		for _, g := range []*raw{guest, late} {
			g.expect(`{"type":"came","member":{"name":"anna","display":"anna","kind":"person"}}`)
			g.send(`{"type":"bye","to":"anna",` + call + `}`)
			again.next("bye")
		}
	})
}

func TestLink_GuestResumes(t *testing.T) {
	virtually(t, hub.Options{}, func(b *bench) {
		anna := b.member("anna")
		token, other := anna.link(), anna.link()
		guest, welcome, _ := b.join(`{"type":"identify","invite":"` + token + `","display":"G"}`)
		name, secret := welcome["self"].(map[string]any)["name"].(string), welcome["resume"].(string)
		anna.next("came")

		fresh, welcome, _ := b.join(`{"type":"identify","invite":"` + token + `","display":"G","resume":"` + secret + `"}`)
		guest.refused("replaced", 4409)
		anna.expectNothing()
		if got := welcome["self"].(map[string]any)["name"]; got != name {
			b.Errorf("the guest is now %v, was %v", got, name)
		}

		_ = fresh.ws.Close()
		anna.expect(`{"type":"gone","name":"` + name + `"}`)
		_, welcome, _ = b.join(`{"type":"identify","invite":"` + token + `","display":"G","resume":"` + secret + `"}`)
		if got := welcome["self"].(map[string]any)["name"]; got != name {
			b.Errorf("the guest is now %v, was %v", got, name)
		}
		anna.next("came")

		for _, wrong := range []string{secret + "x", name + ".", name, "guest-aaaaaaaa" + secret[14:]} {
			_, welcome, _ = b.join(`{"type":"identify","invite":"` + token + `","resume":"` + wrong + `"}`)
			if got := welcome["self"].(map[string]any)["name"]; got == name || got == "guest-aaaaaaaa" {
				b.Errorf("%q resumed %v", wrong, got)
			}
		}
		_, welcome, _ = b.join(`{"type":"identify","invite":"` + other + `","resume":"` + secret + `"}`)
		if got := welcome["self"].(map[string]any)["name"]; got == name {
			b.Error("a secret of one link resumed by another")
		}
	})
}
