package probe_test

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"parley/signaling/dialect"
	"parley/signaling/dialect/probe"
	"parley/signaling/hub"
)

// TestRun_ARealHub meets a hub by its address alone.
func TestRun_ARealHub(t *testing.T) {
	h, err := hub.New(hub.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() { result <- h.Serve(ctx) }()
	host := strings.TrimPrefix(h.URL(), "ws://")
	r, err := probe.Run(t.Context(), probe.Options{Address: host, Profiles: dialect.Shipped(), Proxy: direct})
	want := probe.Report{
		URL: h.URL(), Transport: "hub", Profile: "hub",
		Findings: []probe.Finding{{Code: "hub"}, {Code: "plain", Args: map[string]string{"host": host}}},
	}
	if err != nil || !reflect.DeepEqual(r, want) {
		t.Errorf("%+v, %v", r, err)
	}
	cancel()
	if err := <-result; err != nil {
		t.Error(err)
	}
}
