package client

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"parley/signaling"
	"parley/signaling/hub/frame"
	"parley/signaling/wire"
)

// ear hears what the hub says. It belongs to the goroutine of Run.
type ear struct {
	client *Client
	post   func(signaling.Event)
	resume string             // the secret of the last welcome
	here   []signaling.Member // ordered by name; nil until the hub has told
}

var _ wire.Handler = (*ear)(nil)

// capabilities is what every hub of this version can carry.
func capabilities() signaling.Capabilities {
	return signaling.Capabilities{
		OfferWithInvite: true, Ringing: true, Decline: true, Busy: true, Cancel: true,
		Bye: true, Presence: true, InviteLinks: true, Kinds: true, Restart: true,
	}
}

// Opened implements wire.Handler.
func (e *ear) Opened() error {
	o := e.client.options
	return e.client.write(frame.Identify{
		Name: o.Name, Display: frame.Clip(o.Display, frame.MaxDisplay), Resume: e.resume, Invite: o.Invite,
	})
}

// Closed implements wire.Handler.
func (e *ear) Closed(cause error, retry time.Duration) {
	e.client.ready.Store(false)
	e.here = nil
	e.post(signaling.Unlinked{Server: e.client.options.Server, Cause: cause, Retry: retry})
}

// Receive implements wire.Handler.
func (e *ear) Receive(m wire.Message) error {
	f, err := frame.FromHub(m.Data)
	if err != nil {
		e.fault(string(frame.BadFrame), err)
		return nil
	}
	switch f := f.(type) {
	case frame.Welcome:
		e.welcome(f)
	case frame.Presence:
		e.presence(f)
	case frame.Came:
		e.came(f.Member)
	case frame.Gone:
		e.gone(f.Name)
	case frame.Link:
		e.post(signaling.InviteLink{Server: e.client.options.Server, URL: f.URL, Expires: f.Expires})
	case frame.Call:
		e.received(f)
	case frame.Error:
		return e.refused(f)
	default:
		e.client.log.Debug("frame of an unknown type")
	}
	return nil
}

func (e *ear) welcome(f frame.Welcome) {
	e.resume = f.Resume
	e.client.ready.Store(true)
	e.post(signaling.Linked{
		Server: e.client.options.Server, Profile: Dialect, Self: e.member(f.Self), Capabilities: capabilities(), ICE: f.ICE,
		Peers: signaling.PeerHabits{Asides: true},
	})
}

func (e *ear) member(m frame.Member) signaling.Member {
	return signaling.Member{Address: e.address(m.Name), Name: m.Display, Kind: m.Kind}
}

func (e *ear) address(name string) signaling.Address {
	return signaling.Address{Server: e.client.options.Server, Name: name}
}

func (e *ear) presence(f frame.Presence) {
	e.here = make([]signaling.Member, len(f.Here))
	for i, m := range f.Here {
		e.here[i] = e.member(m)
	}
	slices.SortFunc(e.here, func(a, b signaling.Member) int { return byName(a, b.Address.Name) })
	e.roster()
}

func byName(m signaling.Member, name string) int { return strings.Compare(m.Address.Name, name) }

func (e *ear) came(m frame.Member) {
	if e.here == nil {
		return
	}
	at, known := slices.BinarySearchFunc(e.here, m.Name, byName)
	if known {
		e.here[at] = e.member(m)
	} else {
		e.here = slices.Insert(e.here, at, e.member(m))
	}
	e.roster()
}

func (e *ear) gone(name string) {
	at, known := slices.BinarySearchFunc(e.here, name, byName)
	if known {
		e.here = slices.Delete(e.here, at, at+1)
		e.roster()
	}
}

// roster tells who is here.
func (e *ear) roster() {
	e.post(signaling.Roster{Server: e.client.options.Server, Members: slices.Clone(e.here)})
}

func (e *ear) received(f frame.Call) {
	m := f.Message
	if ring, ok := m.(signaling.Invite); ok {
		ring.Name = cmp.Or(f.Display, f.From)
		m = ring
	}
	e.post(signaling.Received{Envelope: signaling.Envelope{Peer: e.address(f.From), Call: f.ID, Message: m}})
}

// refused takes an error of the hub. One that answers a frame of a call, and
// means that it never arrived, speaks in place of the peer.
func (e *ear) refused(f frame.Error) error {
	if f.ID != "" && (f.Code == frame.UnknownPeer || f.Code == frame.Forbidden || f.Code == frame.BadFrame) {
		e.post(signaling.Received{Envelope: signaling.Envelope{
			Peer: e.address(f.To), Call: f.ID, Message: signaling.Unavailable{Code: string(f.Code)},
		}})
		return nil
	}
	e.fault(string(f.Code), f)
	if f.Code.Final() {
		return wire.Final(f)
	}
	return nil
}

func (e *ear) fault(code string, err error) {
	e.post(signaling.Fault{Server: e.client.options.Server, Name: e.client.options.Name, Code: code, Err: err})
}
