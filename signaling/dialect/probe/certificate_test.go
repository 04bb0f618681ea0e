package probe_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"

	"parley/signaling/dialect/probe"
	"parley/signaling/wire"
)

// certify makes a certificate that signs itself. Virtual time begins in 2000.
func certify(t *testing.T, name string, until time.Time) *tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: until,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func TestRun_Certificates(t *testing.T) {
	later := time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	const host = "calls.example"
	good := certify(t, host, later)
	other := certify(t, "other.example", later)
	expired := certify(t, host, time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC))
	pin := func(c *tls.Certificate) *tls.Config { return wire.FingerprintOf(c.Certificate[0]).Pin() }
	all := parse(t, demo)
	for name, c := range map[string]struct {
		address     string
		certificate *tls.Certificate
		trust       *tls.Config
		codes       string
		fingerprint bool // is to be compared
	}{
		"nobody vouches":     {host, good, nil, "certificate recognised unproven", true},
		"another name":       {host, other, trusting(t, other), "certificateName recognised unproven", true},
		"expired":            {host, expired, trusting(t, expired), "certificateExpired recognised unproven", true},
		"vouched for":        {host, good, trusting(t, good), "recognised unproven", false},
		"pinned":             {"https://" + host, good, pin(good), "recognised unproven", false},
		"another was pinned": {host, good, pin(other), "fingerprint", false},
		"typed without TLS":  {"ws://" + host + ":443", good, pin(good), "recognised unproven encrypted", false},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(w *world) {
				w.serve(host+":443", c.certificate, raw([]string{"123"}, nil))
				r := w.look(probe.Options{Address: c.address, Profiles: all, TLS: c.trust})
				fingerprint := ""
				if c.fingerprint {
					fingerprint = wire.FingerprintOf(c.certificate.Certificate[0]).String()
				}
				found := c.codes != "fingerprint"
				if codes(r) != c.codes || r.Fingerprint != fingerprint || r.Encrypted != found || (r.URL != "") != found {
					w.t.Errorf("%+v", r)
				}
				if c.fingerprint && r.Findings[0].Args["fingerprint"] != fingerprint {
					w.t.Errorf("%v", r.Findings[0])
				}
			})
		})
	}
}

// trusting takes a certificate for an authority.
func trusting(t *testing.T, c *tls.Certificate) *tls.Config {
	t.Helper()
	leaf, err := x509.ParseCertificate(c.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool}
}

// A handshake that fails for another reason than the certificate.
func TestRun_TLSThatDoesNotComeAbout(t *testing.T) {
	good := certify(t, "calls.example", time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC))
	all := parse(t, demo)
	bubble(t, func(w *world) {
		w.serve("calls.example:443", good, raw([]string{"123"}, nil))
		newest := &tls.Config{MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}}
		if r := w.look(probe.Options{Address: "calls.example", Profiles: all, TLS: newest}); codes(r) != "tls" {
			w.t.Errorf("%+v", r)
		}
	})
}
