package hub

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// lifetime is the longest for which all browsers take a certificate.
const lifetime = 824 * 24 * time.Hour

// ownFile has the key and the certificate, so that neither is without the other.
const ownFile = "hub.pem"

// ownCertificate returns the certificate kept in dir, or makes one for names and
// keeps it. One that is kept serves until it expires even if the machine has
// other addresses by then: those who pinned it look at nothing else, and the
// others would have to be asked again.
func ownCertificate(dir string, names []string, now time.Time) (*tls.Certificate, error) {
	if dir == "" {
		return nil, errors.New("hub: an address other than loopback needs a certificate, or a directory to keep its own in")
	}
	path := filepath.Join(dir, ownFile)
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return nil, fmt.Errorf("hub: read certificate: %w", err)
	default:
		if c, err := parseCertificate(text, now); err == nil {
			return c, nil
		} // a certificate that is over or damaged is replaced
	}
	if text, err = makeCertificate(names, now); err != nil {
		return nil, fmt.Errorf("hub: make certificate: %w", err)
	}
	if err := keep(path, text); err != nil {
		return nil, fmt.Errorf("hub: keep certificate: %w", err)
	}
	return parseCertificate(text, now)
}

func parseCertificate(text []byte, now time.Time) (*tls.Certificate, error) {
	c, err := tls.X509KeyPair(text, text)
	if err != nil {
		return nil, fmt.Errorf("hub: read certificate: %w", err)
	}
	if now.Before(c.Leaf.NotBefore) || now.After(c.Leaf.NotAfter) {
		return nil, errors.New("hub: the certificate is not valid now")
	}
	return &c, nil
}

// makeCertificate makes a key of ECDSA P-256, which every browser takes, and a
// certificate that it signs itself (RFC 5280).
func makeCertificate(names []string, now time.Time) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: "Parley hub"},
		NotBefore:    now.Add(-time.Hour), // clocks differ
		NotAfter:     now.Add(lifetime),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},

		BasicConstraintsValid: true,
	}
	address(template, names)
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return slices.Concat(
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}),
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
	), nil
}

// address says for which names and addresses a certificate is.
func address(c *x509.Certificate, names []string) {
	for _, name := range slices.Compact(slices.Sorted(slices.Values(names))) {
		if ip := net.ParseIP(name); ip != nil {
			c.IPAddresses = append(c.IPAddresses, ip)
		} else {
			c.DNSNames = append(c.DNSNames, name)
		}
	}
}

// keep writes a file that only its owner may read, whole or not at all.
func keep(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ownFile+"-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}
