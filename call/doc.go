// Package call decides, for any state of a call and any event, the next state
// and what must be done. Step is a pure function: no input or output, no clock,
// no randomness, so every interleaving of two ends can be explored (see
// call/calltest) and every oddity kept as a text that plays again (testdata).
// Package session runs it, peer and the signaling clients carry out its
// effects, book remembers its outcomes.
//
// Calls come in three orders, as their server can carry them. With OfferFirst the
// caller's peer opens at once and its offer travels with the ring; otherwise both
// peers open after the accept, and then the caller offers or, in a call that is
// Reversed, the callee: so it is where joining a room rings. What arrives for
// a peer that is not open yet is handed on at once, and kept by whoever runs the
// machine until Open or Forget.
//
// These rules settle what two ends can disagree about:
//
//   - Of two calls that cross, the larger id goes on; but an invite that is not
//     out yet gives way. The loser answers the winner's call without asking.
//   - The first answer wins; a refusal after it is ignored.
//   - A second caller hears Busy. While a call closes, one invite is held, and
//     rings afterwards.
//   - Whoever speaks of a call that is not known here, as if it went on, hears
//     Bye. A goodbye is never answered.
//   - Somebody in a call with us who rings anew has lost that call: it ends, and
//     the new one rings next.
//   - Before the answer a call needs its server; after it only the media path.
//     Who offers mends a path, by a new round of ICE, unless the server can carry
//     descriptions only Once.
//
// It may import the standard library and the other roots (signaling, media) only.
package call
