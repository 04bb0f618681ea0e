package wire_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io/fs"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/signaling/wire"
)

// authority is a private authority, and a certificate that it signed.
type authority struct {
	roots string // file
	leaf  tls.Certificate
}

// certify makes an authority that vouches for one name or address.
func certify(t *testing.T, name string) authority {
	t.Helper()
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "A private authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name},
		NotBefore: root.NotBefore, NotAfter: root.NotAfter, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if ip := net.ParseIP(name); ip != nil {
		leaf.IPAddresses = []net.IP{ip}
	} else {
		leaf.DNSNames = []string{name}
	}
	rootKey, leafKey := key(t), key(t)
	rootDER, err := x509.CreateCertificate(rand.Reader, root, root, rootKey.Public(), rootKey)
	if err != nil {
		t.Fatal(err)
	}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, root, leafKey.Public(), rootKey)
	if err != nil {
		t.Fatal(err)
	}
	a := authority{filepath.Join(t.TempDir(), "roots.pem"), tls.Certificate{Certificate: [][]byte{leafDER}, PrivateKey: leafKey}}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: rootDER})
	if err := os.WriteFile(a.roots, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return a
}

func key(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// serve starts a server with the certificate, which ends with the test.
func (a authority) serve(t *testing.T, h http.Handler) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	s.TLS = &tls.Config{Certificates: []tls.Certificate{a.leaf}, MinVersion: tls.VersionTLS12}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func TestTrust_APrivateAuthority(t *testing.T) {
	a, other := certify(t, "127.0.0.1"), certify(t, "127.0.0.1")
	s := a.serve(t, echoing(t))
	address := "wss" + strings.TrimPrefix(s.URL, "https")
	for name, c := range map[string]struct {
		trust wire.Trust
		ok    bool
	}{
		"its authority":     {wire.Trust{Roots: a.roots}, true},
		"another authority": {wire.Trust{Roots: other.roots}, false},
		"the system's":      {wire.Trust{}, false},
		"its fingerprint":   {wire.Trust{Fingerprint: wire.FingerprintOf(a.leaf.Certificate[0]).String()}, true},
		"the fingerprint goes before": {
			wire.Trust{Roots: a.roots, Fingerprint: wire.FingerprintOf(other.leaf.Certificate[0]).String()}, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			config, err := c.trust.Config()
			if err != nil {
				t.Fatal(err)
			}
			if c.ok {
				roundTrip(t, wire.Options{URL: address, TLS: config})
				return
			}
			l := run(t, wire.Options{URL: address, TLS: config}, record())
			f, ok := wire.Unvouched((<-l.closed).cause)
			if !ok || f != wire.FingerprintOf(a.leaf.Certificate[0]) {
				t.Errorf("Unvouched = %v, %v", f, ok)
			}
			l.finish(t)
		})
	}
}

// A certificate that is in order, but of another server.
func TestTrust_TheNameIsLookedAt(t *testing.T) {
	a := certify(t, "another.invalid")
	s := a.serve(t, echoing(t))
	config, err := wire.Trust{Roots: a.roots}.Config()
	if err != nil {
		t.Fatal(err)
	}
	l := run(t, wire.Options{URL: "wss" + strings.TrimPrefix(s.URL, "https"), TLS: config}, record())
	c := <-l.closed
	var name x509.HostnameError
	if _, ok := wire.Unvouched(c.cause); !ok || !errors.As(c.cause, &name) {
		t.Errorf("closed because of %v", c.cause)
	}
	l.finish(t)
}

func TestTrust_Refuses(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := (wire.Trust{Roots: empty}).Config(); !errors.Is(err, wire.ErrNoRoots) {
		t.Errorf("an empty file: %v", err)
	}
	if _, err := (wire.Trust{Roots: empty + ".none"}).Config(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if _, err := (wire.Trust{Fingerprint: "12"}).Config(); err == nil {
		t.Error("a short fingerprint was taken")
	}
	if c, err := (wire.Trust{}).Config(); c != nil || err != nil {
		t.Errorf("zero is %v, %v", c, err)
	}
	if _, ok := wire.Unvouched(errors.New("wire: something else")); ok {
		t.Error("another error is about a certificate")
	}
}
