package conn

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestScopedLog_OneLineASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		l := logFactory{slog.New(slog.NewTextHandler(&out, nil))}.NewLogger("ice")
		l.Error(io.ErrClosedPipe.Error())
		l.Errorf("write: %v", fmt.Errorf("packet: %w", io.ErrClosedPipe))
		l.Infof("a=candidate:%d", 1)
		l.Warn("a warning is for debugging")
		for i := range 10 {
			l.Errorf("packet %d", i)
		}
		<-time.After(logPause)
		l.Error("the last")
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if len(lines) != 2 || !strings.Contains(lines[0], "packet 0") ||
			!strings.Contains(lines[1], "the last") || !strings.Contains(lines[1], "dropped=9") {
			t.Errorf("the log is %q", lines)
		}
	})
}
