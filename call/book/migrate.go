package book

import (
	"context"
	"errors"
	"fmt"
)

// ErrNewer is returned for a file that a newer Parley has written.
var ErrNewer = errors.New("the file is of a newer Parley")

// migrations bring the file from version i to i+1. They are never edited once
// released, only added to.
func migrations() []string {
	return []string{
		`CREATE TABLE contact (
			server TEXT NOT NULL, name TEXT NOT NULL, display TEXT NOT NULL, starred INTEGER NOT NULL, added INTEGER NOT NULL, -- ms
			PRIMARY KEY (server, name)) WITHOUT ROWID;
		CREATE TABLE call (
			id TEXT NOT NULL UNIQUE, server TEXT NOT NULL, name TEXT NOT NULL, display TEXT NOT NULL, role TEXT NOT NULL,
			kind TEXT NOT NULL, started INTEGER NOT NULL, -- ms since 1970
			answered INTEGER NOT NULL, duration INTEGER NOT NULL, -- ms
			reason TEXT NOT NULL, seen INTEGER NOT NULL);
		CREATE INDEX call_started ON call (started);`,
	}
}

// migrate brings the file up to date. Each step and its version are one
// transaction, so a kill leaves a whole version.
func (b *Book) migrate(ctx context.Context) error {
	var version int
	if err := b.db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return explain("read the version", err)
	}
	steps := migrations()
	if version > len(steps) {
		return fmt.Errorf("book: version %d: %w", version, ErrNewer)
	}
	for ; version < len(steps); version++ {
		if err := b.upgrade(ctx, steps[version], version+1); err != nil {
			return explain(fmt.Sprintf("upgrade to version %d", version+1), err)
		}
	}
	return nil
}

func (b *Book) upgrade(ctx context.Context, step string, version int) error {
	tx, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, step); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", version)); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}
