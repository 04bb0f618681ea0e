//go:build noav1

package codec

// A build without dav1d does not know AV1.

func newAV1Decoding() decoding { return nil }
