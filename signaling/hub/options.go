package hub

import (
	"crypto/rand"
	"io/fs"
	"log/slog"
	"net"
	"time"

	"parley/signaling"
	"parley/signaling/wire"
)

// Options say where a hub listens and what it allows. The zero value is a hub
// on loopback, on a port that the system chooses.
type Options struct {
	Listen   string       // host:port; "127.0.0.1:0"
	Listener net.Listener // instead of Listen, as it is: without TLS

	// PublicURL is where browsers reach the hub, such as "https://hub.example"
	// behind a proxy. "" means the address that it listens on.
	PublicURL string

	// CertFile and KeyFile are PEM files of a certificate. Without them a hub that
	// listens on another address than loopback makes a certificate of its own,
	// and keeps it in DataDir.
	CertFile, KeyFile string
	DataDir           string

	Page   fs.FS                 // the guests' page: index.html, and what it asks for under /guest/; nil: none
	ICE    []signaling.ICEServer // told to everybody who identifies
	Limits Limits
	Log    *slog.Logger     // nil: none
	Now    func() time.Time // nil: time.Now
	Rand   func([]byte)     // fills with what nobody can guess; nil: crypto/rand
}

// Limits keep one client from using up what is there for all. Zero means the default.
type Limits struct {
	Connections int           // at a time; 1024
	Identify    time.Duration // until a connection has to say who it is; 10 s
	Rate        int           // frames a second of one connection, in the long run; 50
	Burst       int           // frames at once; 200
	Flood       time.Duration // a connection that is too fast for so long is closed; 10 s
	BadFrames   int           // a connection with so many in a minute is closed; 20
	LinkLife    time.Duration // of an invite link; 24 h
	Links       int           // of one member at a time, then the oldest ends; 100
	Wire        wire.Limits
}

func (o Options) complete() Options {
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = func(b []byte) { _, _ = rand.Read(b) } // which never fails
	}
	o.Limits = o.Limits.complete()
	return o
}

func (l Limits) complete() Limits {
	l.Connections = or(l.Connections, 1024)
	l.Identify = or(l.Identify, 10*time.Second)
	l.Rate = or(l.Rate, 50)
	l.Burst = or(l.Burst, 200)
	l.Flood = or(l.Flood, 10*time.Second)
	l.BadFrames = or(l.BadFrames, 20)
	l.LinkLife = or(l.LinkLife, 24*time.Hour)
	l.Links = or(l.Links, 100)
	return l
}

func or[T int | time.Duration](v, fallback T) T {
	if v > 0 {
		return v
	}
	return fallback
}
