package hub

import (
	"time"

	"parley/signaling/hub/frame"
)

// graveyard is for how many lives of a link the hub still knows that it has
// expired, rather than never been.
const graveyard = 2

// link leads guests to a member.
type link struct {
	owner   string // the member's key
	expires time.Time
}

// links are the invite links. They outlive their owner's connection.
type links struct {
	base  string // URL before the token
	life  time.Duration
	most  int
	links map[string]link // by token
	order map[string][]string
}

// make files a new link of owner under token.
func (l *links) make(token, owner string, now time.Time) (url string, expires time.Time) {
	l.purge(now)
	// Truncated, because it is told to the second and must not end sooner.
	expires = now.Add(l.life).Truncate(time.Second)
	l.links[token] = link{owner, expires}
	l.order[owner] = append(l.order[owner], token)
	if tokens := l.order[owner]; len(tokens) > l.most {
		delete(l.links, tokens[0])
		l.order[owner] = tokens[1:]
	}
	return l.base + token, expires
}

// owner returns the key of the member to whom token leads, or why it does not.
func (l *links) owner(token string, now time.Time) (string, frame.Code) {
	k, ok := l.links[token]
	switch {
	case !ok:
		return "", frame.InviteUnknown
	case !now.Before(k.expires):
		return "", frame.InviteExpired
	}
	return k.owner, ""
}

// purge forgets links that expired long ago.
func (l *links) purge(now time.Time) {
	for owner, tokens := range l.order {
		for len(tokens) > 0 && now.After(l.links[tokens[0]].expires.Add(graveyard*l.life)) {
			delete(l.links, tokens[0])
			tokens = tokens[1:]
		}
		if len(tokens) == 0 {
			delete(l.order, owner)
			continue
		}
		l.order[owner] = tokens
	}
}
