package conn

import (
	"sync/atomic"

	"github.com/pion/webrtc/v4"

	"parley/call"
)

// asideLabel is that of a channel that is for asides alone.
const asideLabel = "parley"

// Hearer is a Media that wants to know what the remote program tells.
type Hearer interface {
	// Heard is told what the remote lets us know. The first time it also says that
	// the remote hears what Tell tells.
	Heard(call.Aside)
}

// aside is the data channel on which the programs tell each other what they do.
// The one that opened the channel says nothing until the other has, because
// somebody's page may be there that takes whatever comes for something else. The
// other knows by the channel's protocol.
type aside struct {
	channel *webrtc.DataChannel
	proved  bool // the other side understands
	open    bool
	mine    call.Aside
	news    atomic.Pointer[call.Aside] // that came and was not looked at
}

// Tell lets the remote know a, now or when that is possible. Whether it ever is,
// Heard tells.
func (c *Conn) Tell(a call.Aside) {
	c.Do(func() {
		c.aside.mine = a
		c.say()
	})
}

// options are those of the channels that we open.
func (c *Conn) channelOptions() *webrtc.DataChannelInit {
	protocol := call.AsideProtocol
	return &webrtc.DataChannelInit{Protocol: &protocol}
}

// asideCame takes the first channel of the protocol that the remote opens.
func (c *Conn) asideCame(d *webrtc.DataChannel) {
	if d.Protocol() == call.AsideProtocol && c.aside.channel == nil {
		c.aside.proved = true
		c.speakOn(d)
	}
}

// speakOn makes a channel the one for asides.
func (c *Conn) speakOn(d *webrtc.DataChannel) {
	c.aside.channel = d
	d.OnOpen(func() {
		c.Do(func() {
			c.aside.open = true
			c.say()
		})
	})
}

// listen has what comes on a channel heard. It must be called before pion reads from
// it. Of several messages that nobody has looked at the newest counts, so that a
// remote that talks without end fills nothing.
func (c *Conn) listen(d *webrtc.DataChannel) {
	if d.Protocol() != call.AsideProtocol {
		return
	}
	d.OnMessage(func(m webrtc.DataChannelMessage) {
		a, err := call.ParseAside(m.Data)
		if err != nil || !m.IsString {
			return
		}
		if c.aside.news.Swap(&a) == nil {
			c.Do(func() { c.heard(d) })
		}
	})
}

func (c *Conn) heard(from *webrtc.DataChannel) {
	news := c.aside.news.Swap(nil)
	if news == nil || c.pc == nil || c.aside.channel != from {
		return
	}
	if !c.aside.proved {
		c.aside.proved = true
		c.say()
	}
	if h, ok := c.media.(Hearer); ok {
		h.Heard(*news)
	}
}

// say tells the remote what is to be told.
func (c *Conn) say() {
	if c.pc == nil || !c.aside.proved || !c.aside.open || c.aside.channel == nil {
		return
	}
	if err := c.aside.channel.SendText(c.aside.mine.Encode()); err != nil {
		c.log.Debug("telling the other side", "err", err)
	}
}
