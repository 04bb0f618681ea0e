//go:build noh264

package codec

// A build without OpenH264 does not know H.264.

func newH264Encoding() encoding { return nil }
func newH264Decoding() decoding { return nil }
