package book

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/signaling"
)

// childVariable names the book that this program, started again as a child, writes to until it is killed.
const childVariable = "PARLEY_BOOK_TEST_CHILD"

func TestMain(m *testing.M) {
	if path := os.Getenv(childVariable); path != "" {
		writeForEver(path)
		return
	}
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("database/sql.(*DB).connectionOpener"))
}

// writeForEver records calls and says each number once its call is on the disk.
func writeForEver(path string) {
	ctx := context.Background()
	b, err := Open(ctx, path)
	if err != nil {
		return
	}
	old, err := b.History(ctx, 1e6)
	for i := len(old); err == nil; i++ {
		err = errors.Join(
			b.Record(ctx, call.Record{ID: signaling.CallID(strconv.Itoa(i)), Started: time.UnixMilli(int64(i))}),
			b.SaveContact(ctx, call.Contact{Address: signaling.Address{Name: strconv.Itoa(i % 7)}}))
		_, _ = fmt.Fprintln(os.Stdout, i)
	}
}

func openBook(t *testing.T, path string) *Book {
	t.Helper()
	b, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func ann() signaling.Address { return signaling.Address{Server: "ws://hub", Name: "ann"} }

func TestBook_Contacts(t *testing.T) {
	ctx := t.Context()
	b := openBook(t, filepath.Join(t.TempDir(), "a b?%#.db"))
	added := time.UnixMilli(1700000000000)
	steps := []error{
		b.SaveContact(ctx, call.Contact{Address: ann(), Name: "ann", Added: added}),
		b.SaveContact(ctx, call.Contact{Address: signaling.Address{Server: "ws://hub", Name: "bob"}, Name: "Bob"}),
		b.SaveContact(ctx, call.Contact{Address: signaling.Address{Server: "ws://other", Name: "ann"}, Name: "Other", Starred: true}),
		b.SaveContact(ctx, call.Contact{Address: ann(), Name: "Ann Lee"}), // changed, first time kept
		b.RemoveContact(ctx, signaling.Address{Server: "ws://hub", Name: "bob"}),
		b.RemoveContact(ctx, signaling.Address{Server: "ws://hub", Name: "nobody"}),
	}
	if err := errors.Join(steps...); err != nil {
		t.Fatal(err)
	}
	got, err := b.Contacts(ctx)
	if err != nil || len(got) != 2 || got[0].Name != "Other" || !got[0].Starred || got[1].Name != "Ann Lee" || !got[1].Added.Equal(added) {
		t.Errorf("contacts %+v, %v", got, err)
	}
}

func TestBook_HistorySurvivesReopening(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "book.db")
	want := call.Record{
		ID: "c1", Remote: ann(), Name: "Ann", Role: call.Callee, Kind: media.Video, Started: time.UnixMilli(1700000000123),
		Answered: true, Duration: 61 * time.Second, End: call.RemoteHangup,
	}
	b := openBook(t, path)
	missed := call.Record{ID: "c2", Remote: ann(), Role: call.Callee, Kind: media.Audio, Started: want.Started.Add(time.Hour), End: call.Missed}
	if err := errors.Join(b.Record(ctx, want), b.Record(ctx, missed), b.Record(ctx, want), b.Close()); err != nil {
		t.Fatal(err)
	}
	b = openBook(t, path)
	got, err := b.History(ctx, 10)
	if err != nil || len(got) != 2 || got[1] != want || !got[0].Missed() || got[0].Seen {
		t.Fatalf("history %+v, %v", got, err)
	}
	if err := b.SeeMissed(ctx); err != nil {
		t.Fatal(err)
	}
	if got, err = b.History(ctx, 1); err != nil || len(got) != 1 || !got[0].Seen {
		t.Errorf("after seeing: %+v, %v", got, err)
	}
}

func TestBook_EveryReasonIsRead(t *testing.T) {
	b := openBook(t, filepath.Join(t.TempDir(), "book.db"))
	for _, r := range reasons() {
		if err := b.Record(t.Context(), call.Record{ID: signaling.CallID(r.String()), End: r}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := b.History(t.Context(), 100)
	if err != nil || len(got) != len(reasons()) {
		t.Fatalf("%d records, %v", len(got), err)
	}
	for _, r := range got {
		if r.End.String() != string(r.ID) {
			t.Errorf("%s read as %q", r.ID, r.End)
		}
	}
}

func TestBook_DamagedFileIsSetAside(t *testing.T) {
	for name, content := range map[string]string{"text": strings.Repeat("not a database ", 100), "header only": "SQLite format 3\x00" + strings.Repeat("\xff", 4080)} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "book.db")
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			b := openBook(t, path)
			kept, err := os.ReadFile(b.SetAside)
			if err != nil || string(kept) != content {
				t.Errorf("set aside as %q: %v", b.SetAside, err)
			}
			if err := b.SaveContact(t.Context(), call.Contact{Address: ann()}); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestBook_NewerFileIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book.db")
	b := openBook(t, path)
	if _, err := b.db.ExecContext(t.Context(), "PRAGMA user_version = 999"); err != nil {
		t.Fatal(err)
	}
	_ = b.Close()
	if _, err := Open(t.Context(), path); !errors.Is(err, ErrNewer) {
		t.Errorf("opened with %v", err)
	}
}

func TestBook_DiskFull(t *testing.T) {
	b := openBook(t, filepath.Join(t.TempDir(), "book.db"))
	if _, err := b.db.ExecContext(t.Context(), "PRAGMA max_page_count = 8"); err != nil {
		t.Fatal(err)
	}
	var err error
	for i := 0; err == nil && i < 1000; i++ {
		err = b.Record(t.Context(), call.Record{ID: signaling.CallID(strings.Repeat("x", 500) + strconv.Itoa(i))})
	}
	if !errors.Is(err, ErrDiskFull) || code(err) != "diskFull" {
		t.Fatalf("filled with %v", err)
	}
	if _, err := b.History(t.Context(), 10); err != nil {
		t.Errorf("reading after it: %v", err)
	}
}

func TestBook_FolderMissing(t *testing.T) {
	_, err := Open(t.Context(), filepath.Join(t.TempDir(), "no", "such", "book.db"))
	if !errors.Is(err, ErrReadOnly) {
		t.Errorf("opened with %v", err)
	}
}

// A process that is killed while it writes loses nothing that it was told is written.
func TestBook_SurvivesKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book.db")
	for round := range 8 {
		child := exec.CommandContext(t.Context(), os.Args[0])
		child.Env = append(os.Environ(), childVariable+"="+path)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		said := bufio.NewScanner(out)
		last := -1
		for written := 0; written < 20+13*round && said.Scan(); written++ {
			last, _ = strconv.Atoi(said.Text())
		}
		_ = child.Process.Kill()
		for said.Scan() { // what it said between our last line and its death
			last, _ = strconv.Atoi(said.Text())
		}
		_ = child.Wait()
		b := openBook(t, path)
		if b.SetAside != "" {
			t.Fatalf("round %d: damaged", round)
		}
		got, err := b.History(t.Context(), 1e6)
		if err != nil || len(got) <= last || last < 0 {
			t.Fatalf("round %d: %d records, but number %d was said to be written: %v", round, len(got), last, err)
		}
		_ = b.Close()
	}
}

func TestLedger_ReportsEachChangeAndWritesAllAtTheEnd(t *testing.T) {
	b := openBook(t, filepath.Join(t.TempDir(), "book.db"))
	reports := make(chan session.Input, 100)
	l := NewLedger(b, func(i session.Input) { reports <- i }, slog.New(slog.DiscardHandler))
	stop := run(t, l)
	if r := (<-reports).(session.BookChanged); len(r.Contacts)+len(r.History) != 0 {
		t.Errorf("first report %+v", r)
	}
	l.Save(call.Contact{Address: ann(), Name: "Ann"})
	if r := (<-reports).(session.BookChanged); len(r.Contacts) != 1 {
		t.Errorf("report after saving %+v", r)
	}
	for i := range 50 {
		l.Record(call.Record{ID: signaling.CallID(strconv.Itoa(i))})
	}
	stop()
	if got, err := b.History(t.Context(), 100); err != nil || len(got) != 50 {
		t.Errorf("%d records after closing, %v", len(got), err)
	}
}

func TestLedger_FloodOfCalls(t *testing.T) {
	b := openBook(t, filepath.Join(t.TempDir(), "b.db"))
	l := NewLedger(b, func(session.Input) {}, slog.New(slog.DiscardHandler))
	for i := range 3 * maxPending { // a server that invents callers, while the disk is slow
		l.Record(call.Record{ID: signaling.CallID(strconv.Itoa(i)), Started: time.UnixMilli(int64(i))})
	}
	l.Save(call.Contact{Address: signaling.Address{Name: "zoe"}})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	l.Run(ctx)
	calls, err := b.History(t.Context(), 4*maxPending)
	if err != nil || len(calls) > maxPending || len(calls) < maxPending-1 {
		t.Errorf("%d calls were written, %v", len(calls), err)
	}
	if people, err := b.Contacts(t.Context()); err != nil || len(people) != 1 {
		t.Errorf("what the user does is written, whatever strangers do: %v, %v", people, err)
	}
}

func TestBook_ForgetsTheOldestCalls(t *testing.T) {
	b := openBook(t, filepath.Join(t.TempDir(), "b.db"))
	fill := `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		INSERT INTO call SELECT i, '', '', '', 'caller', 'audio', i, 0, 0, 'busy', 0 FROM n`
	if _, err := b.db.ExecContext(t.Context(), fill, maxCalls); err != nil {
		t.Fatal(err)
	}
	if err := b.Record(t.Context(), call.Record{ID: "new", Started: time.UnixMilli(maxCalls + 1)}); err != nil {
		t.Fatal(err)
	}
	calls, err := b.History(t.Context(), 2*maxCalls)
	if err != nil || len(calls) != maxCalls || calls[0].ID != "new" || calls[maxCalls-1].ID != "2" {
		t.Errorf("%d calls, %v", len(calls), err)
	}
}

func TestLedger_ComplainsInWords(t *testing.T) {
	b := openBook(t, filepath.Join(t.TempDir(), "book.db"))
	_ = b.Close()
	inputs := make(chan session.Input, 10)
	l := NewLedger(b, func(i session.Input) { inputs <- i }, slog.New(slog.DiscardHandler))
	defer run(t, l)()
	if n, ok := (<-inputs).(session.Noticed); !ok || n.Notice.Code != "bookFailed" || n.Notice.Err == nil {
		t.Errorf("said %+v", n)
	}
}

// run sets l to work; stop returns when it has written everything.
func run(t *testing.T, l *Ledger) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); l.Run(ctx) }()
	return func() { cancel(); <-done }
}
