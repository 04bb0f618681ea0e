package engine

// Talks is how many calls are remembered.
func (e *Engine) Talks() int { return len(e.talks) }
