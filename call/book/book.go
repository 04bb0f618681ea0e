package book

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"parley/call"
	"parley/media"
	"parley/signaling"
)

// Book is an open file of contacts and calls. Its methods may be called from
// any goroutine and block for the disk.
type Book struct {
	db *sql.DB
	// SetAside is where an unreadable file was moved to; empty when there was none.
	SetAside string
}

// InMemory is a path for Open: a book that lasts as long as it is open.
const InMemory = ":memory:"

// Errors that have a remedy of their own; every other error is a fault of the file.
var (
	ErrDiskFull = errors.New("the disk is full")
	ErrReadOnly = errors.New("the file cannot be written")
)

// Open opens the book at path, making it if it does not exist and bringing an
// older one up to date. A file that is damaged is moved aside, never deleted,
// and a new one begun.
func Open(ctx context.Context, path string) (*Book, error) {
	b, err := open(ctx, path)
	if !damaged(err) {
		return b, err
	}
	aside := fmt.Sprintf("%s.damaged-%s", path, time.Now().UTC().Format("20060102-150405.000"))
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Rename(path+suffix, aside+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("book: move the damaged file aside: %w", err)
		}
	}
	if b, err = open(ctx, path); err != nil {
		return nil, err
	}
	b.SetAside = aside
	return b, nil
}

func open(ctx context.Context, path string) (*Book, error) {
	// WAL with FULL synchronization: a commit that returned is on the disk, and
	// a write that was cut is rolled back at the next open.
	pragmas := url.Values{"_pragma": {"journal_mode(WAL)", "synchronous(FULL)", "busy_timeout(5000)"}, "_txlock": {"immediate"}}
	name := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: pragmas.Encode()}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, fmt.Errorf("book: open: %w", err)
	}
	db.SetMaxOpenConns(1)
	b := &Book{db: db}
	if err := errors.Join(b.check(ctx), b.migrate(ctx)); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return b, nil
}

var errDamaged = errors.New("the file is damaged")

func (b *Book) check(ctx context.Context) error {
	var verdict string
	if err := b.db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		return explain("check", err)
	}
	if verdict != "ok" {
		return fmt.Errorf("book: check: %w: %s", errDamaged, verdict)
	}
	return nil
}

func damaged(err error) bool {
	var e *sqlite.Error
	if errors.As(err, &e) {
		code := e.Code() & 0xff
		return code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB
	}
	return errors.Is(err, errDamaged)
}

func explain(did string, err error) error {
	var e *sqlite.Error
	if err == nil {
		return nil
	}
	if errors.As(err, &e) {
		switch e.Code() & 0xff {
		case sqlite3.SQLITE_FULL:
			err = fmt.Errorf("%w: %w", ErrDiskFull, err)
		case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
			err = fmt.Errorf("%w: %w", ErrReadOnly, err)
		}
	}
	return fmt.Errorf("book: %s: %w", did, err)
}

// Close writes everything to the one file and closes it.
func (b *Book) Close() error {
	if err := b.db.Close(); err != nil {
		return fmt.Errorf("book: close: %w", err)
	}
	return nil
}

// Contacts returns everybody the user keeps: starred first, then by name.
func (b *Book) Contacts(ctx context.Context) ([]call.Contact, error) {
	rows, err := b.db.QueryContext(ctx, `SELECT server, name, display, starred, added FROM contact ORDER BY starred DESC, display COLLATE NOCASE, name`)
	if err != nil {
		return nil, explain("read contacts", err)
	}
	return collect(rows, "read contacts", func(r *sql.Rows) (c call.Contact, err error) {
		var added int64
		err = r.Scan(&c.Address.Server, &c.Address.Name, &c.Name, &c.Starred, &added)
		c.Added = time.UnixMilli(added)
		return c, err
	})
}

// SaveContact adds c, or changes what is kept under its address. A zero Added
// keeps the first time, or means now.
func (b *Book) SaveContact(ctx context.Context, c call.Contact) error {
	if c.Added.IsZero() {
		c.Added = time.Now()
	}
	_, err := b.db.ExecContext(ctx, `INSERT INTO contact (server, name, display, starred, added) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (server, name) DO UPDATE SET display = excluded.display, starred = excluded.starred`,
		c.Address.Server, c.Address.Name, c.Name, c.Starred, c.Added.UnixMilli())
	return explain("save a contact", err)
}

// RemoveContact forgets the contact of an address. Calls stay in the history.
func (b *Book) RemoveContact(ctx context.Context, a signaling.Address) error {
	_, err := b.db.ExecContext(ctx, `DELETE FROM contact WHERE server = ? AND name = ?`, a.Server, a.Name)
	return explain("remove a contact", err)
}

// maxCalls is how many calls are kept: years of them. The oldest make room.
const maxCalls = 10_000

// Record adds a call that is over. Recording the same call id twice keeps the first.
func (b *Book) Record(ctx context.Context, r call.Record) error {
	if _, err := b.db.ExecContext(ctx, `DELETE FROM call WHERE rowid <= (SELECT max(rowid) FROM call) - ?`, maxCalls-1); err != nil {
		return explain("forget the oldest calls", err)
	}
	_, err := b.db.ExecContext(ctx, `INSERT INTO call (id, server, name, display, role, kind, started, answered, duration, reason, seen)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
		string(r.ID), r.Remote.Server, r.Remote.Name, r.Name, r.Role.String(), r.Kind.String(), r.Started.UnixMilli(), r.Answered,
		r.Duration.Milliseconds(), r.End.String(), r.Seen)
	return explain("record a call", err)
}

// History returns the last calls, newest first, at most limit.
func (b *Book) History(ctx context.Context, limit int) ([]call.Record, error) {
	rows, err := b.db.QueryContext(ctx, `SELECT id, server, name, display, role, kind, started, answered, duration, reason, seen
		FROM call ORDER BY started DESC, rowid DESC LIMIT ?`, limit)
	if err != nil {
		return nil, explain("read the history", err)
	}
	return collect(rows, "read the history", scanRecord)
}

// SeeMissed marks every call as seen.
func (b *Book) SeeMissed(ctx context.Context) error {
	_, err := b.db.ExecContext(ctx, `UPDATE call SET seen = 1 WHERE seen = 0`)
	return explain("mark missed calls as seen", err)
}

func scanRecord(rows *sql.Rows) (r call.Record, err error) {
	var id, role, kind, reason string
	var started, duration int64
	err = rows.Scan(&id, &r.Remote.Server, &r.Remote.Name, &r.Name, &role, &kind, &started, &r.Answered, &duration, &reason, &r.Seen)
	if err != nil {
		return r, err
	}
	r.ID, r.Started, r.Duration = signaling.CallID(id), time.UnixMilli(started), time.Duration(duration)*time.Millisecond
	r.Role, r.End = word(role, call.Caller, call.Callee), word(reason, reasons()...)
	r.Kind = word(kind, media.Audio, media.Video)
	return r, nil
}

// word finds the value that writes itself as text, or zero: a newer Parley may
// have written words that this one does not know.
func word[T interface {
	comparable
	String() string
}](text string, of ...T) T {
	for _, v := range of {
		if v.String() == text {
			return v
		}
	}
	var none T
	return none
}

func reasons() []call.Reason {
	var all []call.Reason
	for r := call.LocalHangup; r <= call.Collision; r++ {
		all = append(all, r)
	}
	return all
}

func collect[T any](rows *sql.Rows, did string, scan func(*sql.Rows) (T, error)) ([]T, error) {
	defer func() { _ = rows.Close() }() // rows.Err tells what went wrong
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, explain(did, err)
		}
		out = append(out, v)
	}
	return out, explain(did, rows.Err())
}
