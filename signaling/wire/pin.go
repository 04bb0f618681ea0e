package wire

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// ErrFingerprint is why a connection was refused whose certificate is another
// than the pinned one.
var ErrFingerprint = errors.New("wire: the server's certificate is not the pinned one")

// Fingerprint is the SHA-256 of a certificate in DER, as browsers show it.
type Fingerprint [sha256.Size]byte

// FingerprintOf returns the fingerprint of a certificate in DER.
func FingerprintOf(der []byte) Fingerprint { return sha256.Sum256(der) }

// ParseFingerprint reads 64 hexadecimal digits, with or without colons or
// spaces between them, in either case.
func ParseFingerprint(s string) (Fingerprint, error) {
	var f Fingerprint
	digits, err := hex.DecodeString(strings.NewReplacer(":", "", " ", "").Replace(strings.TrimSpace(s)))
	if err != nil || len(digits) != len(f) {
		return f, fmt.Errorf("wire: fingerprint %q is not 64 hexadecimal digits", s)
	}
	copy(f[:], digits)
	return f, nil
}

// String returns pairs of upper-case digits with colons between them.
func (f Fingerprint) String() string {
	pairs := make([]string, len(f))
	for i, b := range f {
		pairs[i] = fmt.Sprintf("%02X", b)
	}
	return strings.Join(pairs, ":")
}

// Pin returns a TLS configuration that trusts the certificate with this
// fingerprint and no other, whoever signed it and whatever names it has.
func (f Fingerprint) Pin() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		// The chain and the names are not looked at: VerifyConnection below, which
		// runs on every handshake including resumed ones, takes their place.
		InsecureSkipVerify: true,
		VerifyConnection: func(s tls.ConnectionState) error {
			if len(s.PeerCertificates) == 0 || FingerprintOf(s.PeerCertificates[0].Raw) != f {
				return &tls.CertificateVerificationError{UnverifiedCertificates: s.PeerCertificates, Err: ErrFingerprint}
			}
			return nil
		},
	}
}
