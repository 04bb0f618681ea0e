// Package record writes what a call sends and receives to a file, as it is:
// nothing is decoded or encoded again. The file is WebM (the container guidelines of
// webmproject.org) where its codecs are VP8, VP9, AV1 and Opus, and Matroska (RFC 9559)
// where one is H.264.
//
//	Take ─> bounded queue ─> one goroutine: timeline ─> mux (a second to put in order) ─> part ─> file
//
// Each stream has a track of its own: the other's picture and sound first, then
// ours. Times are those of capture, on one line; see timeline. What is missing of
// sound, by DTX or by loss, becomes empty Opus packets, which decoders conceal, so that
// every player stays in step.
//
// The file can be played whenever writing ends. Clusters are complete, of a second at
// most, and go to the system in one piece; the head, which has room to grow, is
// renewed in place with them: it gets tracks that begin late, and the length so far.
// Every keepPause the file is synced, beside the writing, so that a power cut takes
// the last seconds only.
//
// A stream that changes its size stays in its track, which decoders follow. One
// that changes its codec, or does not fit into the kind of file, begins another
// part, a file of its own.
//
// The package is pure but for the goroutine of a Recorder and the files that it is
// given. It may import media and ebml-go.
package record
