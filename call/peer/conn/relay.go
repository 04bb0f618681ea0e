package conn

import (
	"errors"
	"net"
	"os"
	"time"

	"github.com/pion/transport/v4"
	"github.com/pion/transport/v4/stdnet"
)

// relayPatience is how long a relay behind TCP may take nothing until it is given up.
// Whoever writes waits for that long: the loop in which pion looks whether the path is
// alive, and whoever asks it. A path that is silent for so long counts as lost, too.
const relayPatience = 4 * time.Second

// systemNet is the network of the system, on which nobody waits for ever for a TCP
// connection to take something. pion has such to relays only.
type systemNet struct{ *stdnet.Net }

func newSystemNet() systemNet { return systemNet{&stdnet.Net{}} }

// Interfaces returns the interfaces that there are now. pion has those of its own network
// looked up anew, and of no other.
func (systemNet) Interfaces() ([]*transport.Interface, error) {
	now, err := stdnet.NewNet()
	if err != nil {
		return nil, err
	}
	return now.Interfaces()
}

// DialTCP implements transport.Net.
func (n systemNet) DialTCP(network string, local, remote *net.TCPAddr) (transport.TCPConn, error) {
	c, err := n.Net.DialTCP(network, local, remote)
	if err != nil {
		return nil, err
	}
	return newRelayConn(c), nil
}

// relayConn is a connection to a relay.
type relayConn struct {
	transport.TCPConn
	writing chan struct{} // holds one while somebody writes, so that nobody puts off the end of another's wait
}

func newRelayConn(c transport.TCPConn) *relayConn {
	return &relayConn{TCPConn: c, writing: make(chan struct{}, 1)}
}

// Write implements net.Conn. What was written in part cannot be made good, so the
// connection is closed when the patience ends.
func (c *relayConn) Write(b []byte) (int, error) {
	c.writing <- struct{}{}
	defer func() { <-c.writing }()
	if err := c.SetWriteDeadline(time.Now().Add(relayPatience)); err != nil {
		return 0, err
	}
	n, err := c.TCPConn.Write(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		_ = c.Close() // the error tells more
	}
	return n, err
}
