package hub_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/signaling"
	"parley/signaling/hub"
)

func TestIdentify_WelcomePresenceCameGone(t *testing.T) {
	o := hub.Options{ICE: []signaling.ICEServer{{URLs: []string{"stun:192.0.2.1:3478"}}}}
	virtually(t, o, func(b *bench) {
		anna := b.connect()
		anna.send(`{"type":"identify","name":"anna","display":"Anna  B.","unknown":{"is":"ignored"}}`)
		welcome := anna.next("welcome")
		if secret, _ := welcome["resume"].(string); len(secret) != 22 {
			b.Errorf("resume %q", secret)
		}
		anna.expect(`{"type":"presence","here":[]}`)

		bert, welcome, presence := b.join(`{"type":"identify","name":"Bert"}`)
		if got := welcome["self"].(map[string]any); got["name"] != "Bert" || got["display"] != "Bert" || got["kind"] != "person" {
			b.Errorf("self %v", got)
		}
		if got := welcome["ice"].([]any)[0].(map[string]any)["urls"].([]any)[0]; got != "stun:192.0.2.1:3478" {
			b.Errorf("ice %v", got)
		}
		if here := presence["here"].([]any); len(here) != 1 || here[0].(map[string]any)["display"] != "Anna B." {
			b.Errorf("here %v", here)
		}
		anna.expect(`{"type":"came","member":{"name":"Bert","display":"Bert","kind":"person"}}`)
		_ = bert.ws.Close()
		anna.expect(`{"type":"gone","name":"Bert"}`)
	})
}

func TestIdentify_Refusals(t *testing.T) {
	for _, c := range []struct {
		name, frame, code string
		number            int
	}{
		{"another frame", `{"type":"link"}`, "not-identified", 4401},
		{"a call", `{"type":"bye","to":"anna","call":"0123456789abcdef"}`, "not-identified", 4401},
		{"no JSON", `hello`, "not-identified", 4401},
		{"no name", `{"type":"identify"}`, "not-identified", 4401},
		{"empty name", `{"type":"identify","name":""}`, "bad-name", 4402},
		{"space", `{"type":"identify","name":"an na"}`, "bad-name", 4402},
		{"long", `{"type":"identify","name":"` + strings.Repeat("x", 65) + `"}`, "bad-name", 4402},
		{"slash", `{"type":"identify","name":"a/b"}`, "bad-name", 4402},
		{"long display", `{"type":"identify","name":"x","display":"` + strings.Repeat("x", 65) + `"}`, "bad-name", 4402},
		{"hidden display", `{"type":"identify","name":"x","display":"a\u202eb"}`, "bad-name", 4402},
		{"like a guest", `{"type":"identify","name":"Guest-abcdefgh"}`, "bad-name", 4402},
		{"taken", `{"type":"identify","name":"anna"}`, "name-taken", 4403},
		{"taken in another case", `{"type":"identify","name":"ANNA"}`, "name-taken", 4403},
		{"taken, with a wrong secret", `{"type":"identify","name":"anna","resume":"guess"}`, "name-taken", 4403},
		{"the robot's", `{"type":"identify","name":"Echo"}`, "name-taken", 4403},
		{"no such link", `{"type":"identify","invite":"guess","display":"G"}`, "invite-unknown", 4404},
	} {
		t.Run(c.name, func(t *testing.T) {
			virtually(t, hub.Options{}, func(b *bench) {
				anna := b.member("Anna")
				r := b.connect()
				r.send(c.frame)
				r.refused(c.code, c.number)
				anna.expectNothing()
			})
		})
	}
}

func TestIdentify_NameIsFreeAgainAfterItsMemberLeft(t *testing.T) {
	virtually(t, hub.Options{}, func(b *bench) {
		bert, anna := b.member("bert"), b.member("anna")
		bert.next("came")
		_ = anna.ws.Close()
		bert.next("gone")
		b.member("Anna")
		bert.expect(`{"type":"came","member":{"name":"Anna","display":"Anna","kind":"person"}}`)
	})
}

func TestIdentify_InTime(t *testing.T) {
	virtually(t, hub.Options{}, func(b *bench) {
		silent, prompt := b.connect(), b.member("anna")
		began := time.Now()
		silent.refused("not-identified", 4401)
		if took := time.Since(began); took != 10*time.Second {
			b.Errorf("refused after %v", took)
		}
		prompt.expectNothing()
	})
}

func TestIdentify_OtherProtocol(t *testing.T) {
	for _, offered := range [][]string{nil, {"parley.hub.v0", "chat"}} {
		virtually(t, hub.Options{}, func(b *bench) {
			b.dial(offered...).listen().refused("version", 4400)
		})
	}
}

func TestIdentify_Twice(t *testing.T) {
	virtually(t, hub.Options{}, func(b *bench) {
		anna := b.member("anna")
		anna.send(`{"type":"identify","name":"bert"}`)
		anna.expectError("bad-frame")
		anna.expectNothing()
	})
}

func TestResume_ReplacesTheOldConnection(t *testing.T) {
	virtually(t, hub.Options{}, func(b *bench) {
		bert := b.member("bert")
		old, welcome, _ := b.join(`{"type":"identify","name":"anna"}`)
		bert.next("came")
		again := `{"type":"identify","name":"anna","resume":"` + welcome["resume"].(string) + `"`
		fresh, second, presence := b.join(again + `}`)
		old.refused("replaced", 4409)
		if len(presence["here"].([]any)) != 1 {
			b.Errorf("presence %v", presence)
		}
		if second["resume"] == welcome["resume"] {
			b.Error("the secret is used again")
		}
		bert.expectNothing() // it has been here all the time

		bert.send(`{"type":"bye","to":"anna","call":"0123456789abcdef"}`)
		fresh.expect(`{"type":"bye","from":"bert","call":"0123456789abcdef"}`)

		stale := b.connect()
		stale.send(again + `}`)
		stale.refused("name-taken", 4403)
	})
}

func TestResume_TellsOfAnotherDisplayName(t *testing.T) {
	virtually(t, hub.Options{}, func(b *bench) {
		bert := b.member("bert")
		_, welcome, _ := b.join(`{"type":"identify","name":"anna"}`)
		bert.next("came")
		b.join(`{"type":"identify","name":"anna","display":"Dr. Anna","resume":"` + welcome["resume"].(string) + `"}`)
		bert.expect(`{"type":"came","member":{"name":"anna","display":"Dr. Anna","kind":"person"}}`)
	})
}

func TestRobot_HasItsNameAndNoLimits(t *testing.T) {
	virtually(t, hub.Options{Limits: hub.Limits{Connections: 1}}, func(b *bench) {
		anna := b.member("anna")
		echo, err := b.Join(hub.Local{Name: "echo", Display: "Echo", Kind: signaling.Robot, Server: "here"})
		if err != nil {
			b.Fatal(err)
		}
		ctx, cancel := context.WithCancel(b.Context())
		linked, done := make(chan signaling.Linked, 1), make(chan error, 1)
		go func() {
			done <- echo.Run(ctx, func(e signaling.Event) {
				if l, ok := e.(signaling.Linked); ok {
					linked <- l
				}
			})
		}()
		if l := <-linked; l.Self.Kind != signaling.Robot || l.Self.Address != (signaling.Address{Server: "here", Name: "echo"}) {
			b.Errorf("linked %v", l)
		}
		anna.expect(`{"type":"came","member":{"name":"echo","display":"Echo","kind":"robot"}}`)
		for range 500 {
			e := signaling.Envelope{Peer: signaling.Address{Name: "anna"}, Call: "0123456789abcdef", Message: signaling.Bye{}}
			if err := echo.Send(e); err != nil {
				b.Fatal(err)
			}
		}
		for range 500 {
			anna.expect(`{"type":"bye","from":"echo","call":"0123456789abcdef"}`)
		}
		cancel()
		if err := <-done; err != nil {
			b.Errorf("Run returned %v", err)
		}
		anna.expect(`{"type":"gone","name":"echo"}`)
	})
}
