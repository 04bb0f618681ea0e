package conn

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/pion/logging"
)

// logPause is the shortest time between two lines of one scope of pion: many of
// them tell of single packets, which a stranger may send.
const logPause = time.Second

// logFactory hands pion's warnings and errors to slog, one step lower, because
// what pion calls an error is often one lost packet. The rest of what pion says
// can hold descriptions and candidates, and is dropped.
type logFactory struct{ log *slog.Logger }

// NewLogger implements logging.LoggerFactory.
func (f logFactory) NewLogger(scope string) logging.LeveledLogger {
	return &scopedLog{log: f.log.With("component", "pion", "scope", scope)}
}

// scopedLog implements logging.LeveledLogger.
type scopedLog struct {
	log *slog.Logger

	mu      sync.Mutex
	last    time.Time
	dropped int // lines since last
}

func (l *scopedLog) Trace(string)          {}
func (l *scopedLog) Tracef(string, ...any) {}
func (l *scopedLog) Debug(string)          {}
func (l *scopedLog) Debugf(string, ...any) {}
func (l *scopedLog) Info(string)           {}
func (l *scopedLog) Infof(string, ...any)  {}

func (l *scopedLog) Warn(msg string)                   { l.write(slog.LevelDebug, "%s", msg) }
func (l *scopedLog) Warnf(format string, args ...any)  { l.write(slog.LevelDebug, format, args...) }
func (l *scopedLog) Error(msg string)                  { l.write(slog.LevelWarn, "%s", msg) }
func (l *scopedLog) Errorf(format string, args ...any) { l.write(slog.LevelWarn, format, args...) }

// told reports whether a line says only that a connection is closed, which
// interceptors find out when the next of their packets does not go.
func told(args []any) bool {
	return slices.ContainsFunc(args, func(a any) bool {
		err, ok := a.(error)
		return ok && errors.Is(err, io.ErrClosedPipe) || a == io.ErrClosedPipe.Error()
	})
}

func (l *scopedLog) write(level slog.Level, format string, args ...any) {
	if told(args) || !l.log.Enabled(context.Background(), level) {
		return
	}
	dropped, ok := l.due(time.Now())
	if !ok {
		return
	}
	log := l.log
	if dropped > 0 {
		log = log.With("dropped", dropped)
	}
	log.Log(context.Background(), level, fmt.Sprintf(format, args...))
}

// due reports whether a line may be written now, and how many were not before it.
func (l *scopedLog) due(now time.Time) (dropped int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.last) < logPause {
		l.dropped++
		return 0, false
	}
	dropped, l.dropped, l.last = l.dropped, 0, now
	return dropped, true
}
