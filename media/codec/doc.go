// Package codec turns pictures and sound into what WebRTC sends and back: VP8
// and VP9 by libvpx, H.264 by OpenH264, AV1, which is only decoded, by dav1d,
// Opus by libopus, and the conversions between the picture formats of cameras,
// codecs and screens by libyuv. Once running, nothing here allocates per frame.
// The build tags noh264 and noav1 leave out what a system has no library for. The
// package needs C and may import the standard library and media.
package codec
