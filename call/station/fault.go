package station

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"parley/signaling/hub/frame"
)

// Fault is why Parley cannot start, as its user is told: Key is that of a
// sentence in assets/words, Args what fills it.
type Fault struct {
	Key  string
	Args map[string]string
	Err  error // what was found wrong; may be nil
}

// Error returns the key and what was found wrong, for logs.
func (f *Fault) Error() string { return fmt.Sprintf("station: %s %v: %v", f.Key, f.Args, f.Err) }

// Unwrap returns Err.
func (f *Fault) Unwrap() error { return f.Err }

// fault returns a Fault about a value that was asked for.
func fault(key, value string, err error) *Fault {
	return &Fault{Key: key, Args: map[string]string{"value": value, "detail": Detail(err)}, Err: err}
}

// Detail is the innermost cause of an error, in the words of whoever found it,
// without the name of a package before them.
func Detail(err error) string {
	for err != nil {
		inner := errors.Unwrap(err)
		if many, ok := err.(interface{ Unwrap() []error }); ok {
			inner = many.Unwrap()[len(many.Unwrap())-1]
		}
		if inner == nil {
			break
		}
		err = inner
	}
	if err == nil {
		return ""
	}
	text := err.Error()
	if name, rest, found := strings.Cut(text, ": "); found && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789") == "" {
		return rest
	}
	return text
}

// check refuses what can be seen to be wrong before anything is opened.
func (o Options) check() error {
	hub := o.Only.URL == "" || o.Only.Profile == HubProfile // others have rules of their own, and say so
	if _, ok := frame.Name(o.Name); hub && o.Name != "" && !ok {
		return fault("start.badName", o.Name, nil)
	}
	if o.HubListen != "" {
		if err := checkListen(o.HubListen); err != nil {
			return err
		}
	}
	return o.checkAlone()
}

// checkAlone refuses what is said of a server that is not named.
func (o Options) checkAlone() error {
	if o.Only.URL != "" {
		return nil
	}
	for flag, said := range map[string]bool{
		"--profile": o.Only.Profile != "", "--room": len(o.Rooms) > 0, "--param": len(o.Only.Params) > 0,
		"--fingerprint": o.Only.Fingerprint != "", "--ca": o.Only.CA != "", "--proxy": o.Only.Proxy != "",
	} {
		if said {
			return fault("start.serverMissing", flag, nil)
		}
	}
	return nil
}

// checkListen refuses what is no address to listen on.
func checkListen(address string) error {
	_, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return fault("start.badListen", address, err)
	}
	return nil
}
