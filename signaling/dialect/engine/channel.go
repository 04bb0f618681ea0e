package engine

import (
	"time"

	"parley/signaling/dialect/value"
)

// Fill fills a template of a channel, with what is known now.
func (e *Engine) Fill(t value.Template) (any, error) { panic("being written") }

// Leave says what is to be said before the connection is closed for good.
func (e *Engine) Leave(now time.Time) []Act { panic("being written") }
