package wire

import "github.com/gorilla/websocket"

// Reopen closes the open connection because of cause, after writing what is
// queued; it is opened again as after a loss, unless the cause is Final. It does
// nothing while no connection is open.
func (l *Line) Reopen(cause error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn != nil {
		l.conn.part(farewell{code: websocket.CloseNormalClosure}, cause)
	}
}
