// Package echo is a member of a hub that answers every call and returns the
// caller's own sound and picture, so that anybody can try a call with nobody
// there. It is a real peer over real WebRTC: packets are reflected as they come,
// nothing is decoded.
//
// It may import the roots (signaling, call, media), package conn and pion.
package echo
