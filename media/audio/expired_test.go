package audio

import (
	"context"
	"testing"
)

// expired returns a context that is done, for taking what is ready and no more.
func expired(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
