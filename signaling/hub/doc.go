// Package hub is Parley's own signaling server: it knows who is here, relays
// between them, lets guests in by links, and serves the page that guests use.
// docs/protocol.md is its contract.
//
// It may import signaling, signaling/wire, signaling/hub/frame and, for members
// in the same process, signaling/hub/client.
package hub
