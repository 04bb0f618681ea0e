package hub_test

import (
	"testing"
	"time"

	"parley/signaling/hub"
)

func TestLink_Expires(t *testing.T) {
	virtually(t, hub.Options{}, func(b *bench) {
		anna := b.member("anna")
		anna.send(`{"type":"link"}`)
		f := anna.next("link")
		token := f["url"].(string)[len("https://hub.example/i/"):]
		expires, err := time.Parse(time.RFC3339, f["expires"].(string))
		if err != nil || time.Until(expires) != 24*time.Hour {
			b.Errorf("expires %v, %v", f["expires"], err)
		}
		<-time.After(24*time.Hour - time.Second) // of virtual time
		b.join(`{"type":"identify","invite":"` + token + `"}`)
		<-time.After(time.Second)
		late := b.connect()
		late.send(`{"type":"identify","invite":"` + token + `"}`)
		late.refused("invite-expired", 4404)

		<-time.After(49 * time.Hour)
		anna.next("came")
		anna.link() // when links are made, old ones are forgotten
		late = b.connect()
		late.send(`{"type":"identify","invite":"` + token + `"}`)
		late.refused("invite-unknown", 4404)
	})
}

func TestLink_SurvivesTheMembersReconnect(t *testing.T) {
	virtually(t, hub.Options{}, func(b *bench) {
		anna, welcome, _ := b.join(`{"type":"identify","name":"anna"}`)
		token := anna.link()
		b.join(`{"type":"identify","name":"anna","resume":"` + welcome["resume"].(string) + `"}`)
		_, _, presence := b.join(`{"type":"identify","invite":"` + token + `"}`)
		if here := presence["here"].([]any); len(here) != 1 {
			b.Errorf("here %v", here)
		}
	})
}

func TestLink_OldestEndsWhenThereAreTooMany(t *testing.T) {
	virtually(t, hub.Options{Limits: hub.Limits{Links: 2}}, func(b *bench) {
		anna, bert := b.member("anna"), b.member("bert")
		anna.next("came")
		theirs, first, second, third := bert.link(), anna.link(), anna.link(), anna.link()
		r := b.connect()
		r.send(`{"type":"identify","invite":"` + first + `"}`)
		r.refused("invite-unknown", 4404)
		for _, token := range []string{theirs, second, third} {
			b.join(`{"type":"identify","invite":"` + token + `"}`)
		}
	})
}
