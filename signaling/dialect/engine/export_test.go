package engine

// Talks is how many calls are remembered.
func (e *Engine) Talks() int { return len(e.talks) }

// What is read leniently.
var (
	ReadDescription = readDescription
	ReadCandidates  = readCandidates
	ReadICE         = readICE
	KindOf          = kindOf
)

// Sizes tells how much an engine holds, by what.
func (e *Engine) Sizes() map[string]int {
	held, early := 0, 0
	for _, t := range e.talks {
		held += len(t.queue) + len(t.said) + len(t.ufrags) + len(t.kept)
	}
	for _, s := range e.early.senders {
		early += s.bytes
	}
	return map[string]int{
		"talks": len(e.talks), "held": held, "early senders": len(e.early.senders), "early bytes": early,
		"echoes": len(e.echoes.due) + len(e.echoes.sdps) + len(e.echoes.ufrags) + len(e.echoes.candidates),
		"ids":    len(e.ids.seen), "people": len(e.crowd.all), "tickets": len(e.tickets.open), "waiting": len(e.waiting),
	}
}
