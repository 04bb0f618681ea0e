package command

import (
	"context"

	"parley/assets/words"
	"parley/call/station"
	"parley/ui/control"
)

// Console lets the control protocol add, remove and look at a station's servers.
// It implements control.Servers.
type Console struct {
	Station *station.Station
	Words   *words.Words
}

// Add implements control.Servers.
func (c Console) Add(n control.NewServer) error {
	return InWords(c.Words, c.Station.AddServer(station.NewServer(n)))
}

// Remove implements control.Servers.
func (c Console) Remove(url string) error { return InWords(c.Words, c.Station.RemoveServer(url)) }

// Probe implements control.Servers.
func (c Console) Probe(ctx context.Context, address string) (map[string]any, error) {
	r, err := c.Station.Probe(ctx, address)
	if err != nil && len(r.Findings) == 0 {
		return nil, InWords(c.Words, err)
	}
	missing := []string{}
	for _, p := range r.Missing {
		missing = append(missing, p.Key)
	}
	return map[string]any{
		"url": r.URL, "transport": r.Transport, "eio": r.EIO, "encrypted": r.Encrypted, "profile": r.Profile, "candidates": r.Candidates,
		"missing": missing, "heard": r.Heard, "fingerprint": r.Fingerprint, "sentences": Findings(c.Words, r),
	}, nil
}

// InWords returns an error whose text is a sentence for the user; nil for nil.
func InWords(w *words.Words, err error) error {
	if err == nil {
		return nil
	}
	return Told(Sentence(w, err))
}
