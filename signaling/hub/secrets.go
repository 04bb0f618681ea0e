package hub

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strings"
)

// secrets makes what nobody can guess.
type secrets struct {
	rand func([]byte)
	key  [sha256.Size]byte // of seals
}

func newSecrets(rand func([]byte)) secrets {
	s := secrets{rand: rand}
	rand(s.key[:])
	return s
}

// token returns 128 random bits as 22 letters, digits, - and _.
func (s *secrets) token() string {
	var bits [16]byte
	s.rand(bits[:])
	return base64.RawURLEncoding.EncodeToString(bits[:])
}

// letters returns the random part of a guest's name: eight of a to z.
func (s *secrets) letters() string {
	var b [8]byte
	s.rand(b[:])
	for i := range b {
		b[i] = 'a' + b[i]%26
	}
	return string(b[:])
}

// sealGuest returns the proof that a guest of this name came by this link.
func (s *secrets) sealGuest(name, invite string) string {
	mac := hmac.New(sha256.New, s.key[:])
	mac.Write([]byte(name + "\x00" + invite))
	return name + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// guest returns the name that a proof is for, or "" when it is none of this link.
func (s *secrets) guest(proof, invite string) string {
	name, _, _ := strings.Cut(proof, ".")
	if !same(proof, s.sealGuest(name, invite)) {
		return ""
	}
	return name
}

// same compares secrets in a time that tells nothing of them.
func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
