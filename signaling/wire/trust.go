package wire

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
)

// ErrNoRoots is returned by Trust.Config for a file without any certificate.
var ErrNoRoots = errors.New("wire: no certificate (PEM) in the file")

// Trust says which certificates a server may show. Zero is what the system
// trusts.
type Trust struct {
	Roots       string // PEM file of authorities beside the system's; "" for none
	Fingerprint string // of the only certificate that will do, see ParseFingerprint; "" for any that is vouched for
}

// Config returns the TLS configuration, nil for zero.
func (t Trust) Config() (*tls.Config, error) {
	if t.Fingerprint != "" {
		f, err := ParseFingerprint(t.Fingerprint)
		if err != nil {
			return nil, err
		}
		return f.Pin(), nil
	}
	if t.Roots == "" {
		return nil, nil //nolint:nilnil // what crypto/tls and Options call the defaults
	}
	pem, err := os.ReadFile(t.Roots)
	if err != nil {
		return nil, fmt.Errorf("wire: authorities: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool() // a system without any; the file's are all there are
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%w: %s", ErrNoRoots, t.Roots)
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool}, nil
}

// Unvouched returns the fingerprint of a certificate that was refused because
// nobody whom we trust vouches for it, or not for this server, so that a person
// can compare and pin it. ok is false when err is about something else.
func Unvouched(err error) (f Fingerprint, ok bool) {
	var refused *tls.CertificateVerificationError
	if !errors.As(err, &refused) || len(refused.UnverifiedCertificates) == 0 {
		return f, false
	}
	return FingerprintOf(refused.UnverifiedCertificates[0].Raw), true
}
