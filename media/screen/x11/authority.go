package x11

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strconv"
)

// The families of addresses in an authority file (Xau).
const (
	familyLocal = 256
	familyWild  = 65535
)

const magicCookie = "MIT-MAGIC-COOKIE-1"

// entry is one record of an authority file.
type entry struct {
	family                      uint16
	address, number, name, data string
}

// cookie returns the secret that lets this user connect; empty if there is none,
// which some servers accept.
func cookie(a address) string {
	path := os.Getenv("XAUTHORITY")
	if path == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		path = filepath.Join(home, ".Xauthority")
	}
	file, err := os.ReadFile(path)
	if err != nil {
		return "" // the server says so, if it wants one
	}
	host, _ := os.Hostname()
	return find(parseAuthority(file), a, host)
}

// find returns the cookie for a display: of this computer's name, of any, or
// else of whatever address has a display of this number, since addresses are
// written in many ways.
func find(entries []entry, a address, host string) string {
	best, rank := "", 0
	for _, e := range entries {
		if e.name != magicCookie || e.number != "" && e.number != strconv.Itoa(a.number) {
			continue
		}
		r := 1
		switch {
		case e.family == familyLocal && e.address == host:
			r = 3
		case e.family == familyWild:
			r = 2
		}
		if r > rank {
			best, rank = e.data, r
		}
	}
	return best
}

// parseAuthority reads records until what is left is none.
func parseAuthority(file []byte) (entries []entry) {
	for {
		var e entry
		if len(file) < 2 {
			return entries
		}
		e.family, file = binary.BigEndian.Uint16(file), file[2:]
		for _, field := range []*string{&e.address, &e.number, &e.name, &e.data} {
			if len(file) < 2 {
				return entries
			}
			size := 2 + int(binary.BigEndian.Uint16(file))
			if len(file) < size {
				return entries
			}
			*field, file = string(file[2:size]), file[size:]
		}
		entries = append(entries, e)
	}
}
