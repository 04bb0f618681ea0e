// Package calltest tests the call machine: it explores every interleaving of
// two machines, plays written scenarios, and makes peers without media for
// tests of whatever opens peers.
//
// It may import the roots only.
package calltest
