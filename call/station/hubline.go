package station

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/user"
	"strings"

	"parley/signaling"
	"parley/signaling/hub/client"
	"parley/signaling/hub/frame"
)

// maxSuffix bounds how many Parleys of one login name find each other's names taken.
const maxSuffix = 9

// hubSpeaker speaks to a hub, under whatever name we have.
type hubSpeaker struct {
	station *Station
	server  Server
	own     *ownHub // nil for somebody else's
}

// speak identifies, under the next free name if ours was not chosen by the user.
func (h hubSpeaker) speak(ctx context.Context, use func(signaling.Client), heard func(signaling.Event)) error {
	name, chosen := h.station.name(h.server)
	for suffix := 1; ; suffix++ {
		tried := name
		if suffix > 1 {
			tried = fmt.Sprintf("%s-%d", name, suffix)
		}
		c, err := client.New(h.options(tried))
		if err != nil {
			return refused(heard, signaling.Fault{Server: h.server.URL, Code: "server-setup", Err: err})
		}
		use(c)
		err = c.Run(ctx, heard)
		if taken := refusal(err) == frame.NameTaken; !taken || chosen || suffix == maxSuffix {
			return err
		}
	}
}

func refusal(err error) frame.Code {
	var refused frame.Error
	if errors.As(err, &refused) {
		return refused.Code
	}
	return ""
}

func (h hubSpeaker) options(name string) client.Options {
	o := client.Options{
		URL: h.server.URL, Server: h.server.URL, Name: name, Display: h.station.Settings().Display,
		Fingerprint: h.server.Fingerprint, CAFile: h.server.CA, Proxy: h.server.Proxy, Log: h.station.log,
	}
	if h.own != nil {
		o.URL, o.Fingerprint = h.own.url(), h.own.fingerprint()
	}
	return o
}

// name is what others ring on a server, and whether the user chose it.
func (s *Station) name(on Server) (name string, chosen bool) {
	if name = cmp.Or(on.Name, s.options.Name, s.Settings().Name); name != "" {
		return name, true
	}
	name = "parley"
	if u, err := user.Current(); err == nil && u.Username != "" {
		name = u.Username[strings.LastIndexByte(u.Username, '\\')+1:] // Windows: DOMAIN\name
	}
	return name, false
}
