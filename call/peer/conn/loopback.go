package conn

import "net"

// worthwhile reports whether an address may become a candidate. Loopback may
// only where the host has no other address (RFC 8445 section 5.1.1.1): browsers
// answer checks that come from loopback, but send none there, so that a pair of
// loopback and something else can be nominated and then carry nothing.
func worthwhile(ip net.IP, addresses func() ([]net.Addr, error)) bool {
	if !ip.IsLoopback() {
		return true
	}
	others, err := addresses()
	if err != nil {
		return true // better a candidate too many than none
	}
	for _, a := range others {
		if n, ok := a.(*net.IPNet); ok && n.IP.IsGlobalUnicast() {
			return false
		}
	}
	return true
}
