// Package playout turns the audio packets of one RTP stream into steady sound:
// an adaptive jitter buffer, a decoder that conceals what is missing, and a
// stretcher that lengthens or shortens speech, without changing its pitch, to
// keep the delay as small as the network allows.
//
// Everything is measured in transit: the moment at which something happens
// minus the moment its RTP timestamp stands for. The clocks of the two ends are
// never compared; only differences of transit matter. A packet's transit is
// measured on arrival, the playhead's transit whenever sound is played, and the
// wanted transit is the percentile of the packets' that leaves few of them late.
//
// It may import the standard library and the root media only.
package playout
