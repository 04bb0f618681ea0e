package command

import (
	"net"
	"os"
	"runtime"
	"strings"
	"time"

	"parley/call/station"
)

// Display returns why no window can be opened, as a station.Fault.
func Display() error {
	if runtime.GOOS != "linux" || os.Getenv("WAYLAND_DISPLAY") != "" {
		return nil
	}
	name := os.Getenv("DISPLAY")
	host, number, found := strings.Cut(name, ":")
	number, _, _ = strings.Cut(number, ".")
	if found && host == "" {
		c, err := net.DialTimeout("unix", "/tmp/.X11-unix/X"+number, time.Second)
		if err == nil {
			return c.Close()
		}
	} else if found {
		return nil // another machine's display: the toolkit will tell
	}
	return &station.Fault{Key: "start.noDisplay"}
}
