// Package dsp embeds the WebAssembly modules that clean sound: WebRTC's echo
// canceller AEC3 and the noise suppressor RNNoise. They are not part of the
// sources. packaging/setup.sh fetches them into modules/; a build without them
// works, and says here that it has none. modules.txt pins each by its SHA-256, for
// the script as for this package. It imports the standard library only.
package dsp

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"strings"
)

//go:embed modules
var files embed.FS

//go:embed modules.txt
var pins string

// AEC3 returns the module of WebRTC's echo canceller, as npm's
// @ennuicastr/webrtcaec3.js has it. It is false when the program was built without
// it, or with another file than the pinned one. The bytes are the caller's.
func AEC3() ([]byte, bool) { return module("aec3.wasm") }

// RNNoise returns the module of the noise suppressor RNNoise, as npm's
// @jitsi/rnnoise-wasm has it, on the terms of AEC3.
func RNNoise() ([]byte, bool) { return module("rnnoise.wasm") }

func module(name string) ([]byte, bool) {
	code, err := files.ReadFile("modules/" + name)
	if err != nil || !pinned(name, code) {
		return nil, false
	}
	return code, true
}

// pinned reports whether modules.txt asks for these bytes under this name. Minified
// exports mean nothing in any other version, so only the very file will do.
func pinned(name string, code []byte) bool {
	sum := sha256.Sum256(code)
	for line := range strings.Lines(pins) {
		words := strings.Fields(line)
		if len(words) == 4 && words[1] == name {
			return words[0] == hex.EncodeToString(sum[:])
		}
	}
	return false
}
