package hub

import (
	"net"
	"net/netip"
	"os"
	"strconv"
)

// URL returns where programs on this machine reach the hub, such as
// "ws://127.0.0.1:8443", or "" before Listen.
func (h *Hub) URL() string {
	scheme, host := h.reach(netip.AddrFrom4([4]byte{127, 0, 0, 1}))
	if host == "" {
		return ""
	}
	return "ws" + scheme + "://" + host
}

// Public returns where browsers reach the hub: PublicURL, or else the address
// that it listens on, or "" before Listen.
func (h *Hub) Public() string {
	if h.public != nil {
		return h.public.String()
	}
	scheme, host := h.reach(outward())
	if host == "" {
		return ""
	}
	return "http" + scheme + "://" + host
}

// reach returns "s" for TLS, and host:port of the listener. A listener on every
// address is reached at any.
func (h *Hub) reach(any netip.Addr) (scheme, host string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.listener == nil {
		return "", ""
	}
	if h.certificate != nil {
		scheme = "s"
	}
	a, ok := h.listener.Addr().(*net.TCPAddr)
	if !ok {
		return scheme, h.listener.Addr().String()
	}
	ip := a.AddrPort().Addr().Unmap()
	if ip.IsUnspecified() {
		ip = any
	}
	return scheme, net.JoinHostPort(ip.String(), strconv.Itoa(a.Port))
}

// outward returns an address of this machine that others may reach: of IP
// version 4 if there is one, because people read it; else loopback.
func outward() netip.Addr {
	var found netip.Addr
	for _, ip := range addresses() {
		if ip.IsGlobalUnicast() && (!found.IsValid() || ip.Is4() && !found.Is4()) {
			found = ip
		}
	}
	if !found.IsValid() {
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	return found
}

// addresses returns those of every interface; none when the system does not tell.
func addresses() []netip.Addr {
	nets, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var out []netip.Addr
	for _, n := range nets {
		if p, err := netip.ParsePrefix(n.String()); err == nil {
			out = append(out, p.Addr().Unmap().WithZone(""))
		}
	}
	return out
}

// names returns every name and address by which this machine may be reached,
// for a certificate of its own.
func (h *Hub) names() []string {
	names := []string{"localhost", "127.0.0.1", "::1"}
	if h.public != nil {
		names = append(names, h.public.Hostname())
	}
	if name, err := os.Hostname(); err == nil && name != "" {
		names = append(names, name)
	}
	for _, ip := range addresses() {
		names = append(names, ip.String())
	}
	return names
}
