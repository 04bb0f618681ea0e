package device

import (
	"testing"

	"github.com/gen2brain/malgo"
)

func TestSteady_NoConnection_IsLeftAlone(t *testing.T) {
	if steady(&malgo.AllocatedContext{}) {
		t.Error("there is nothing to make steady in nothing")
	}
}
