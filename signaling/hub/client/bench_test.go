package client_test

import (
	"context"
	"strings"
	"testing"

	"parley/signaling"
	"parley/signaling/hub"
	"parley/signaling/hub/client"
)

// BenchmarkRelay sends a description of usual size to another member and waits
// for its answer, over sockets.
func BenchmarkRelay(b *testing.B) {
	h, err := hub.New(hub.Options{Limits: hub.Limits{Rate: 1 << 30, Burst: 1 << 30}})
	if err != nil {
		b.Fatal(err)
	}
	if err := h.Listen(b.Context()); err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 3)
	go func() { ended <- h.Serve(ctx) }()
	answers, here := make(chan struct{}, 1), make(chan signaling.Address, 1)
	bert := newBench(b, h, "bert")
	go func() {
		ended <- bert.Run(ctx, func(e signaling.Event) {
			if r, ok := e.(signaling.Received); ok {
				_ = bert.Send(r.Envelope)
			}
		})
	}()
	anna := newBench(b, h, "anna")
	go func() {
		ended <- anna.Run(ctx, func(e signaling.Event) {
			switch e := e.(type) {
			case signaling.Roster:
				if len(e.Members) > 0 {
					here <- e.Members[0].Address
				}
			case signaling.Received:
				answers <- struct{}{}
			}
		})
	}()
	envelope := signaling.Envelope{Peer: <-here, Call: id, Message: signaling.Description{
		Type: signaling.Offer, SDP: strings.Repeat("a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n", 100),
	}}
	for b.Loop() {
		if err := anna.Send(envelope); err != nil {
			b.Fatal(err)
		}
		<-answers
	}
	cancel()
	for range 3 {
		<-ended
	}
}

func newBench(b *testing.B, h *hub.Hub, name string) *client.Client {
	b.Helper()
	c, err := client.New(client.Options{URL: h.URL(), Name: name})
	if err != nil {
		b.Fatal(err)
	}
	return c
}
