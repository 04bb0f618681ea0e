// Package session runs the call machine: one loop takes what the user, the
// servers, the peer and the devices say from one mailbox, steps the machine,
// carries out its effects through small interfaces, keeps the one timer, and
// publishes snapshots. It decides nothing about calls itself.
//
// It may import the roots only.
package session
