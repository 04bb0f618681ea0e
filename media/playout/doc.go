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
// The delay follows NetEQ's rules (see arrivals), without its margins: the
// playhead stands so that a packet may be as late as they allow, counted to the
// step that first needs it, and no step more. What is missing is taken from the
// copy that the next packet carries, else invented by the decoder, which gives
// way to noise like the background's. Wherever two pieces meet that do not belong
// together the first is continued into the second.
//
// It may import the standard library and the root media only.
package playout
