// Package parity makes packets that stand for whichever of a block get lost, and
// finds those again, so that no round trip is waited for (forward error correction).
//
// The code is a systematic one of Reed and Solomon with a Cauchy matrix (J. Blömer
// et al., "An XOR-Based Erasure-Resilient Coding Scheme", ICSI TR-95-048, 1995) over
// the field of RFC 5510 section 8.1: any so many packets of a block and its parity
// are enough as the block has. The first of parity is the exclusive or of all.
//
// It is pure and imports the standard library only.
package parity
