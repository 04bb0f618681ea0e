package x11

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
)

// ErrDisplay is returned for a DISPLAY that names no X server.
var ErrDisplay = errors.New("no display")

// address is where an X server listens, as DISPLAY says: HOST:NUMBER.SCREEN.
type address struct {
	host   string // "" for this computer
	number int
	screen int
}

func parseDisplay(text string) (address, error) {
	wrong := fmt.Errorf("%w: DISPLAY is %q", ErrDisplay, text)
	colon := strings.LastIndexByte(text, ':')
	if colon < 0 {
		return address{}, wrong
	}
	host := text[:colon]
	number, screen, _ := strings.Cut(text[colon+1:], ".")
	n, err := strconv.ParseUint(number, 10, 16)
	if err != nil {
		return address{}, wrong
	}
	s, err := strconv.ParseUint("0"+screen, 10, 8)
	if err != nil {
		return address{}, wrong
	}
	if host == "unix" || strings.HasSuffix(host, "/unix") {
		host = ""
	}
	host = strings.TrimPrefix(host, "tcp/")
	return address{strings.Trim(host, "[]"), int(n), int(s)}, nil
}

// firstPort is that of display 0 (X11 protocol, appendix B).
const firstPort = 6000

// dial connects. Servers on Linux listen at an abstract address, too, which is
// what is left where a sandbox has a /tmp of its own.
func (a address) dial(ctx context.Context) (net.Conn, error) {
	var d net.Dialer
	if a.host != "" {
		return d.DialContext(ctx, "tcp", net.JoinHostPort(a.host, strconv.Itoa(firstPort+a.number)))
	}
	path := "/tmp/.X11-unix/X" + strconv.Itoa(a.number)
	conn, err := d.DialContext(ctx, "unix", path)
	if err != nil {
		if abstract, other := d.DialContext(ctx, "unix", "@"+path); other == nil {
			return abstract, nil
		}
	}
	return conn, err
}
