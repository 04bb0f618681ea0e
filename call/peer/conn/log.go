package conn

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/pion/logging"
)

// logFactory hands pion's warnings and errors to slog, one step lower, because
// what pion calls an error is often one lost packet. The rest of what pion says
// can hold descriptions and candidates, and is dropped.
type logFactory struct{ log *slog.Logger }

func (f logFactory) NewLogger(scope string) logging.LeveledLogger {
	return scopedLog{f.log.With("component", "pion", "scope", scope)}
}

type scopedLog struct{ log *slog.Logger }

func (l scopedLog) Trace(string)          {}
func (l scopedLog) Tracef(string, ...any) {}
func (l scopedLog) Debug(string)          {}
func (l scopedLog) Debugf(string, ...any) {}
func (l scopedLog) Info(string)           {}
func (l scopedLog) Infof(string, ...any)  {}

func (l scopedLog) Warn(msg string)                  { l.log.Debug(msg) }
func (l scopedLog) Warnf(format string, args ...any) { l.write(slog.LevelDebug, format, args) }
func (l scopedLog) Error(msg string)                 { l.log.Warn(msg) }
func (l scopedLog) Errorf(format string, args ...any) {
	l.write(slog.LevelWarn, format, args)
}

func (l scopedLog) write(level slog.Level, format string, args []any) {
	if l.log.Enabled(context.Background(), level) {
		l.log.Log(context.Background(), level, fmt.Sprintf(format, args...))
	}
}
