// Package congestion decides how much one end of a call may send, and when each
// packet leaves. It is pure: no clock, no goroutine, no network. Whoever uses it
// says what was sent and what the receiver reported, and when.
//
// The estimate follows Google Congestion Control (draft-ietf-rmcat-gcc-02) on
// transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01),
// with the trendline filter that libwebrtc has in place of the draft's Kalman
// filter (Carlucci et al., "Congestion Control for Web Real-Time Communication",
// IEEE/ACM Transactions on Networking 25, 2017, and libwebrtc's goog_cc). Beside
// it stand what that leaves out: a standing queue is drained, a stall that is
// over is no congestion, and loss that does not go away with less sent is taken
// for the path's own.
//
// It imports the standard library only.
package congestion
