// Package repair says which packets of an RTP stream to ask for again, and when
// (RFC 4585 section 6.2.1, RFC 4588). It is pure: time is what its callers say it
// is, and nobody is asked but through them. It imports nothing of Parley.
package repair
