//go:build e2e

package browser

import (
	"context"
	"encoding/json"
	"fmt"
)

// Browser is a running browser. Close ends it and waits until it is gone.
type Browser interface {
	// NewPage opens a tab that shares no cookies and no storage with others.
	NewPage(ctx context.Context) (Page, error)
	// PID is the browser's main process, whose descendants are all others.
	PID() int
	Close() error
}

// Page is one tab.
type Page interface {
	// Open goes to url and waits until it is loaded.
	Open(ctx context.Context, url string) error
	// Eval runs a JavaScript expression, waits for it if it is a promise, and
	// returns its value as JSON.
	Eval(ctx context.Context, expression string) (json.RawMessage, error)
	// Press presses the left mouse button at a point, in CSS pixels.
	Press(ctx context.Context, x, y float64) error
	// Screenshot returns the visible part as PNG.
	Screenshot(ctx context.Context) ([]byte, error)
	Close() error
}

// Options say how a browser is started.
type Options struct {
	Camera     string   // MJPEG or Y4M file for the camera; "" for the browser's own moving picture (Chromium only)
	Microphone string   // WAV file for the microphone; "" for the browser's own tone (Chromium only)
	Language   string   // preferred language, such as "zh-CN"; "" for English
	Dark       bool     // prefer dark colours
	NoCamera   bool     // there is no camera
	Refused    bool     // using camera or microphone is refused
	Host       string   // a name that leads to this machine, without being trusted as it is (Chromium only)
	Env        []string // added to the environment, such as that of a sound server
	Audible    bool     // what is played goes to the sound server (Chromium only)
	Devices    bool     // the machine's own microphone, and no camera, instead of imitations (Chromium only)
	Captured   string   // the title of the tab that a page gets that wants to show something (Chromium only)
	Width      int      // of the window in pixels; 0 for 1280
	Height     int      // of the window in pixels; 0 for 800
}

func (o Options) size() (width, height int) {
	if o.Width == 0 || o.Height == 0 {
		return 1280, 800
	}
	return o.Width, o.Height
}

// Get evaluates an expression and decodes its value.
func Get[T any](ctx context.Context, p Page, expression string) (T, error) {
	var value T
	raw, err := p.Eval(ctx, expression)
	if err != nil {
		return value, err
	}
	if err := json.Unmarshal(raw, &value); err != nil {
		return value, fmt.Errorf("decode the value of %q: %w", expression, err)
	}
	return value, nil
}

// WaitFor waits until a JavaScript condition holds. It looks anew whenever the
// page draws a frame.
func WaitFor(ctx context.Context, p Page, condition string) error {
	held, err := Get[bool](ctx, p, fmt.Sprintf(`new Promise((resolve, reject) => {
		const until = performance.now() + %d;
		const look = async () => {
			try {
				if (await (%s)) resolve(true);
				else if (performance.now() > until) resolve(false);
				else requestAnimationFrame(look);
			} catch (e) { reject(e); }
		};
		look();
	})`, timeLeft(ctx).Milliseconds(), condition))
	if err != nil {
		return fmt.Errorf("wait for %s: %w", condition, err)
	}
	if !held {
		return fmt.Errorf("wait for %s: it never held", condition)
	}
	return nil
}

// Click presses the button with this accessible name, once it is visible and
// enabled.
func Click(ctx context.Context, p Page, name string) error {
	find := fmt.Sprintf(findButton, name)
	if err := WaitFor(ctx, p, find+" !== null"); err != nil {
		return fmt.Errorf("click %q: %w", name, err)
	}
	at, err := Get[struct{ X, Y float64 }](ctx, p, find)
	if err != nil {
		return fmt.Errorf("click %q: %w", name, err)
	}
	return p.Press(ctx, at.X, at.Y)
}

// findButton is the middle of a button, or null. What is covered by something
// else cannot be pressed, so it does not count.
const findButton = `(() => {
	const name = %q;
	for (const b of document.querySelectorAll('button')) {
		const label = b.getAttribute('aria-label') ?? b.innerText.trim();
		const r = b.getBoundingClientRect();
		const at = {x: r.x + r.width / 2, y: r.y + r.height / 2};
		if (label === name && !b.disabled && r.width > 0 && b.contains(document.elementFromPoint(at.x, at.y))) return at;
	}
	return null;
})()`
