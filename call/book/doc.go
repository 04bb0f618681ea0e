// Package book remembers contacts and past calls in one SQLite file that
// survives a kill at any moment. Ledger puts it behind a queue, so that the
// session never waits for a disk.
//
// It may import the roots, call/session for the Ledger's reports, and
// modernc.org/sqlite, which needs no C.
package book
