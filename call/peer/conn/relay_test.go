package conn

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/transport/v4"
)

// pipe is a TCP connection that takes what is read at the other end, and nothing more.
type pipe struct {
	transport.TCPConn // nil
	net.Conn
}

func (p pipe) Close() error                       { return p.Conn.Close() }
func (p pipe) LocalAddr() net.Addr                { return p.Conn.LocalAddr() }
func (p pipe) RemoteAddr() net.Addr               { return p.Conn.RemoteAddr() }
func (p pipe) Read(b []byte) (int, error)         { return p.Conn.Read(b) }
func (p pipe) Write(b []byte) (int, error)        { return p.Conn.Write(b) }
func (p pipe) SetDeadline(t time.Time) error      { return p.Conn.SetDeadline(t) }
func (p pipe) SetReadDeadline(t time.Time) error  { return p.Conn.SetReadDeadline(t) }
func (p pipe) SetWriteDeadline(t time.Time) error { return p.Conn.SetWriteDeadline(t) }

// A relay that takes nothing any more is given up, however many wait for it, and nobody
// waits for it again.
func TestRelayConn_GivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		c, began := newRelayConn(pipe{Conn: near}), time.Now()
		var writers sync.WaitGroup
		for range 3 {
			writers.Go(func() {
				if _, err := c.Write([]byte("packet")); err == nil {
					t.Error("it was written")
				}
			})
			<-time.After(time.Second) // of the bubble
		}
		writers.Wait()
		if took := time.Since(began); took != relayPatience {
			t.Errorf("who writes waits for %v", took)
		}
		if _, err := c.Write([]byte("packet")); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("then: %v", err)
		}
		if _, err := far.Read(make([]byte, 10)); !errors.Is(err, io.EOF) {
			t.Errorf("the relay reads: %v", err)
		}
		if time.Since(began) != relayPatience {
			t.Error("it was waited for again")
		}
	})
}

// A relay that is slow but takes something at times is not.
func TestRelayConn_BearsWithASlowOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		c := newRelayConn(pipe{Conn: near})
		var reader sync.WaitGroup
		reader.Go(func() {
			for range 5 {
				<-time.After(relayPatience - time.Second)
				if _, err := far.Read(make([]byte, 10)); err != nil {
					t.Error(err)
				}
			}
		})
		for range 5 {
			if _, err := c.Write([]byte("packet")); err != nil {
				t.Error(err)
			}
		}
		reader.Wait()
		_, _ = near.Close(), far.Close()
	})
}

// The system's own network has what pion asks it for, and bounded connections.
func TestSystemNet(t *testing.T) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	n := newSystemNet()
	c, err := n.DialTCP("tcp4", nil, listener.Addr().(*net.TCPAddr))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, bounded := c.(*relayConn); !bounded {
		t.Errorf("it is a %T", c)
	}
	interfaces, err := n.Interfaces()
	if err != nil || len(interfaces) == 0 {
		t.Errorf("%d interfaces, %v", len(interfaces), err)
	}
}
