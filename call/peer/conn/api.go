package conn

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/transport/v4"
	"github.com/pion/transport/v4/packetio"
	"github.com/pion/webrtc/v4"

	"parley/signaling"
)

// Options says how every PeerConnection of an API behaves.
type Options struct {
	VideoCodecs []string // MIME types in order of preference; nil: VP8
	OwnReports  bool     // the Media writes RTCP sender reports itself
	OwnRequests bool     // the Media asks for retransmissions itself
	Parity      bool     // the Media understands parity in what it receives; see ParityType
	Paced       bool     // what is sent has a Flow, which the Media feeds with what the remote reports
	Loopback    bool     // gather candidates on loopback where the host has nothing else
	NoMDNS      bool     // do not resolve .local candidates by multicast DNS (RFC 8828)
	Certificate *webrtc.Certificate
	// ICEServers and Habits are asked at every Open for what the server of the
	// other side told; nil: nothing.
	ICEServers func(remote signaling.Address) []signaling.ICEServer
	Habits     func(remote signaling.Address) signaling.PeerHabits
	Timeouts   Timeouts
	Net        transport.Net // nil: the system's
	Log        *slog.Logger  // nil: nothing is logged
}

// Timeouts bound how long a connection may be silent and how long work may take.
// Zero members take the defaults.
type Timeouts struct {
	Disconnected time.Duration // silence until the path counts as lost; default 4 s
	Failed       time.Duration // further silence until it is given up; default 20 s
	Keepalive    time.Duration // between STUN checks of the path in use; default 1 s
	Gather       time.Duration // how long a description waits for candidates, where Habits tell no other; default 100 ms
	Close        time.Duration // how long Close waits for pion; default 2.5 s
	Farewell     time.Duration // between the remote's DTLS goodbye and the report; default 1 s
}

func (t Timeouts) withDefaults() Timeouts {
	for _, d := range []struct {
		at       *time.Duration
		fallback time.Duration
	}{
		{&t.Disconnected, 4 * time.Second},
		{&t.Failed, 20 * time.Second},
		{&t.Keepalive, time.Second},
		{&t.Gather, 100 * time.Millisecond},
		{&t.Close, 2500 * time.Millisecond},
		{&t.Farewell, time.Second},
	} {
		if *d.at == 0 {
			*d.at = d.fallback
		}
	}
	return t
}

// API makes connections that share codecs, interceptors and settings.
type API struct {
	engine   *webrtc.MediaEngine
	registry *interceptor.Registry
	settings webrtc.SettingEngine
	config   webrtc.Configuration
	options  Options
	timeouts Timeouts
	tallies  *each[*tally]
	flows    *each[*Flow]
	splices  *each[*splice]
	tellers  *each[*teller]
	log      *slog.Logger
}

// NewAPI checks the options. The error names the codec or setting that is wrong.
func NewAPI(o Options) (*API, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	a := &API{
		options: o, timeouts: o.Timeouts.withDefaults(), log: o.Log, tallies: newEach(newTally), flows: newEach(NewFlow),
		splices: newEach(func() *splice { return newSplice(time.Now) }), tellers: newEach(newTeller),
	}
	if o.Certificate != nil {
		a.config.Certificates = []webrtc.Certificate{*o.Certificate}
	}
	var err error
	if a.engine, err = newEngine(o.VideoCodecs); err != nil {
		return nil, err
	}
	a.settings = newSettings(o, a.timeouts)
	a.registry = &interceptor.Registry{}
	a.registry.Add(a.splices) // nearest to the network: it translates
	a.registry.Add(a.tallies)
	a.registry.Add(a.tellers)
	if o.Paced {
		a.registry.Add(a.flows) // before what sends again
	}
	if err := addInterceptors(a.engine, a.registry, o, a.settings.LoggerFactory); err != nil {
		return nil, fmt.Errorf("conn: setting up interceptors: %w", err)
	}
	return a, nil
}

func newSettings(o Options, t Timeouts) webrtc.SettingEngine {
	s := webrtc.SettingEngine{LoggerFactory: logFactory{o.Log}}
	s.SetICETimeouts(t.Disconnected, t.Failed, t.Keepalive)
	s.SetIncludeLoopbackCandidate(o.Loopback)
	s.SetIPFilter(func(ip net.IP) bool { return worthwhile(ip, net.InterfaceAddrs) })
	s.SetDTLSInsecureSkipHelloVerify(true) // ICE has proved the address already; saves a round trip
	if o.NoMDNS {
		s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	}
	if o.Net == nil {
		o.Net = newSystemNet()
	}
	s.SetNet(o.Net)
	return s
}

// habits tells what a connection to somebody must do.
func (a *API) habits(remote signaling.Address) signaling.PeerHabits {
	var h signaling.PeerHabits
	if a.options.Habits != nil {
		h = a.options.Habits(remote)
	}
	if h.Gather == 0 {
		h.Gather = a.timeouts.Gather
	}
	return h
}

// newPeerConnection opens pion's connection, with an API of its own: pion asks an
// API for the buffers of streams, and does not say of which connection they are.
func (a *API) newPeerConnection(remote signaling.Address) (*webrtc.PeerConnection, *splice, error) {
	config := a.config
	if a.options.ICEServers != nil {
		for _, s := range a.options.ICEServers(remote) {
			config.ICEServers = append(config.ICEServers, webrtc.ICEServer{
				URLs: s.URLs, Username: s.Username, Credential: s.Credential,
			})
		}
	}
	var splice *splice
	settings := a.settings
	settings.BufferFactory = func(kind packetio.BufferPacketType, ssrc uint32) io.ReadWriteCloser {
		return splice.buffer(kind, ssrc)
	}
	api := webrtc.NewAPI(
		webrtc.WithMediaEngine(a.engine), webrtc.WithInterceptorRegistry(a.registry), webrtc.WithSettingEngine(settings),
	)
	pc, err := api.NewPeerConnection(config)
	if err != nil {
		return nil, nil, fmt.Errorf("conn: opening a peer connection: %w", err)
	}
	splice = a.splices.take(pc.ID())
	splice.came = a.tellers.take(pc.ID()).came
	return pc, splice, nil
}

// NewCertificate makes an identity for Options.Certificate: a P-256 key whose
// certificate is good for thirty years from now, because nobody but its owner
// keeps it and peers compare its fingerprint only (RFC 8827 section 5.1).
func NewCertificate(now time.Time) (*webrtc.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("conn: making a key: %w", err)
	}
	c, err := webrtc.NewCertificate(key, x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: now.AddDate(0, 0, -1), NotAfter: now.AddDate(30, 0, 0),
		Subject: pkix.Name{CommonName: "WebRTC"}, Issuer: pkix.Name{CommonName: "WebRTC"},
	})
	if err != nil {
		return nil, fmt.Errorf("conn: making a certificate: %w", err)
	}
	return c, nil
}
