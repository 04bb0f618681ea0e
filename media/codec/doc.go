// Package codec turns pictures and sound into what WebRTC sends and back: VP8
// and VP9 by libvpx, Opus by libopus, and the conversions between the picture
// formats of cameras, codecs and screens by libyuv. Once running, nothing here
// allocates per frame. It needs C and may import the standard library and media.
package codec
