package dialect

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"time"
	"unicode/utf8"

	"parley/signaling"
	"parley/signaling/dialect/engine"
	"parley/signaling/dialect/profile"
	"parley/signaling/dialect/route"
	"parley/signaling/dialect/value"
)

// The bounds of requests.
const (
	maxRequests = 256              // waiting
	requestTime = 10 * time.Second // for one, with its answer
	lingerTime  = 2 * time.Second  // for what waits when nobody needs the answers any more
	maxAnswer   = 1 << 20          // bytes: pictures of a captcha are among them
)

// errLongAnswer is why an answer is not taken.
var errLongAnswer = errors.New("the answer is too long")

// web says one request of a link after another, because servers hand them on in
// the order in which they are done with them.
type web struct {
	link  *link
	queue chan request
	gone  chan struct{}
	stop  context.CancelFunc
	late  *time.Timer // stops what takes too long, once nobody needs the answers
}

// request is what waits to be said.
type request struct {
	route.Request
	ticket int
}

func newWeb(k *link) (*web, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	client := &http.Client{Transport: k.loop.client.doors.transport, Jar: jar, Timeout: requestTime}
	ctx, stop := context.WithCancel(context.Background())
	w := &web{link: k, queue: make(chan request, maxRequests), gone: make(chan struct{}), stop: stop}
	k.loop.others.Go(func() { w.run(ctx, client) })
	return w, nil
}

// run says what is queued until the queue is closed and empty.
func (w *web) run(ctx context.Context, client *http.Client) {
	defer w.stop()
	defer func() { w.late.Stop() }() // set before the queue was closed
	for r := range w.queue {
		answer, err := r.do(ctx, client)
		if err != nil {
			w.link.loop.client.log.Debug("request failed", "err", err)
		}
		select {
		case w.link.loop.inbox <- func() { w.answered(r.ticket, answer, err) }:
		case <-w.gone:
		}
	}
}

// answered hands the answer to who asked.
func (w *web) answered(ticket int, answer any, err error) {
	k := w.link
	if ticket == 0 || k.parting {
		return
	}
	k.act(k.engine.Answered(ticket, answer, err, time.Now()))
	k.loop.count(k)
}

// part lets what waits go out, for as long as lingerTime, and then ends.
func (w *web) part() {
	w.late = time.AfterFunc(lingerTime, w.stop)
	close(w.gone)
	close(w.queue)
}

// request queues a request.
func (k *link) request(c profile.Channel, w engine.Write) error {
	if k.web == nil {
		made, err := newWeb(k)
		if err != nil {
			return fmt.Errorf("send by %s: %w", w.Via, err)
		}
		k.web = made
	}
	asked, err := route.NewRequest(k.loop.client.doors.address, c, w.Body, k.engine.Fill)
	if err != nil {
		return fmt.Errorf("send by %s: %w", w.Via, err)
	}
	select {
	case k.web.queue <- request{asked, w.Ticket}:
		return nil
	default:
		return fmt.Errorf("send by %s: %w", w.Via, signaling.ErrBacklog)
	}
}

// do says the request and returns the answer: {"status", "body"}.
func (r request) do(ctx context.Context, client *http.Client) (any, error) {
	q, err := http.NewRequestWithContext(ctx, r.Method, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		return nil, fmt.Errorf("request: %w", err)
	}
	q.Header = r.Header
	answer, err := client.Do(q)
	if err != nil {
		return nil, fmt.Errorf("request: %w", discreet(err))
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("request: read the answer: %w", err)
	}
	if len(text) > maxAnswer {
		return nil, fmt.Errorf("request: %w", errLongAnswer)
	}
	return map[string]any{
		"status": json.Number(strconv.Itoa(answer.StatusCode)),
		"body":   decoded(text),
	}, nil
}

// discreet leaves the address out of an error: it can hold a token.
func discreet(err error) error {
	var of *url.Error
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}

// decoded is JSON as a value, other text as it is, and nothing as nil.
func decoded(text []byte) any {
	v, err := value.Decode(text)
	switch {
	case err == nil:
		return v
	case len(text) > 0 && utf8.Valid(text):
		return string(text)
	}
	return nil
}
