//go:build e2e

package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/chromedp/chromedp"
)

// closing bounds the end of a browser.
const closing = 10 * time.Second

// chromium is a Chromium process.
type chromium struct {
	ctx     context.Context //nolint:containedctx // chromedp keeps the browser in its context
	cancel  context.CancelFunc
	profile string
	options Options
}

// Chromium starts Debian's Chromium, headless.
func Chromium(o Options) (Browser, error) {
	profile, err := os.MkdirTemp("", "parley-chromium-")
	if err != nil {
		return nil, fmt.Errorf("start Chromium: %w", err)
	}
	allocator, cancelAllocator := chromedp.NewExecAllocator(context.Background(), o.chromiumFlags(profile)...)
	ctx, cancelBrowser := chromedp.NewContext(allocator)
	c := &chromium{ctx, func() { cancelBrowser(); cancelAllocator() }, profile, o}
	// The context of the first run is that of the browser, so it has no deadline.
	if err := chromedp.Do(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("start Chromium: %w", err), c.Close())
	}
	return c, nil
}

func (o Options) chromiumFlags(profile string) []chromedp.ExecAllocatorOption {
	width, height := o.size()
	flags := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath("/usr/bin/chromium"), chromedp.UserDataDir(profile), chromedp.WindowSize(width, height),
		chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"),
		chromedp.ModifyCmdFunc(ownGroup), chromedp.Env(o.Env...), chromedp.Flag("mute-audio", !o.Audible),
	)
	return append(append(flags, o.chromiumDevices()...), o.chromiumTaste()...)
}

func (o Options) chromiumDevices() []chromedp.ExecAllocatorOption {
	if o.Refused {
		return []chromedp.ExecAllocatorOption{
			chromedp.Flag("use-fake-device-for-media-stream", true),
			chromedp.Flag("deny-permission-prompts", true),
		}
	}
	flags := []chromedp.ExecAllocatorOption{chromedp.Flag("use-fake-ui-for-media-stream", true)}
	if o.Captured != "" { // by the browser's own dialogues, which an imitation would leave out
		flags = []chromedp.ExecAllocatorOption{
			chromedp.Flag("auto-accept-camera-and-microphone-capture", true), chromedp.Flag("auto-select-tab-capture-source-by-title", o.Captured),
		}
	}
	if o.Devices {
		return flags
	}
	if o.NoCamera {
		return append(flags, chromedp.Flag("use-fake-device-for-media-stream", "device-count=0"))
	}
	// Without a rate the fake camera gives 20 frames a second.
	flags = append(flags, chromedp.Flag("use-fake-device-for-media-stream", "fps=30"))
	if o.Camera != "" {
		flags = append(flags, chromedp.Flag("use-file-for-fake-video-capture", o.Camera))
	}
	if o.Microphone != "" {
		flags = append(flags, chromedp.Flag("use-file-for-fake-audio-capture", o.Microphone))
	}
	return flags
}

func (o Options) chromiumTaste() []chromedp.ExecAllocatorOption {
	language := o.Language
	if language == "" {
		language = "en-US"
	}
	flags := []chromedp.ExecAllocatorOption{chromedp.Flag("lang", language), chromedp.Flag("accept-lang", language)}
	if o.Host != "" {
		flags = append(flags, chromedp.Flag("host-resolver-rules", "MAP "+o.Host+" 127.0.0.1"))
	}
	if o.Dark {
		flags = append(flags, chromedp.Flag("blink-settings", "preferredColorScheme=0"))
	}
	return flags
}

// ownGroup lets the end of the test's process end the browser, too.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}

func (c *chromium) NewPage(ctx context.Context) (Page, error) {
	tab, cancel := chromedp.NewContext(c.ctx, chromedp.WithNewBrowserContext())
	width, height := c.options.size()
	if err := chromedp.Do(tab, chromedp.EmulateViewport(int64(width), int64(height))); err != nil {
		cancel()
		return nil, fmt.Errorf("open a tab: %w", err)
	}
	return &tabOfChromium{tab, cancel}, ctx.Err()
}

// PID implements Browser.
func (c *chromium) PID() int { return chromedp.FromContext(c.ctx).Browser.Process().Pid }

func (c *chromium) Close() error {
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.cancel()
	}()
	select {
	case <-done:
	case <-time.After(closing):
		return errors.New("close Chromium: it does not end")
	}
	return os.RemoveAll(c.profile)
}

type tabOfChromium struct {
	ctx    context.Context //nolint:containedctx // chromedp keeps the tab in its context
	cancel context.CancelFunc
}

// within gives the tab's context the deadline of ctx.
func (t *tabOfChromium) within(ctx context.Context) (context.Context, context.CancelFunc) {
	bounded, cancel := context.WithTimeout(t.ctx, timeLeft(ctx))
	stop := context.AfterFunc(ctx, cancel)
	return bounded, func() { stop(); cancel() }
}

func (t *tabOfChromium) Open(ctx context.Context, url string) error {
	ctx, cancel := t.within(ctx)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
		return fmt.Errorf("open %s: %w", url, err)
	}
	return nil
}

func (t *tabOfChromium) Eval(ctx context.Context, expression string) (json.RawMessage, error) {
	ctx, cancel := t.within(ctx)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](asJSON(expression), chromedp.EvalAwaitPromise))
	return json.RawMessage(text), err
}

func (t *tabOfChromium) Press(ctx context.Context, x, y float64) error {
	ctx, cancel := t.within(ctx)
	defer cancel()
	return chromedp.Do(ctx, chromedp.MouseClickXY(x, y))
}

func (t *tabOfChromium) Screenshot(ctx context.Context) ([]byte, error) {
	ctx, cancel := t.within(ctx)
	defer cancel()
	return chromedp.Run(ctx, chromedp.CaptureScreenshot())
}

func (t *tabOfChromium) Close() error {
	err := chromedp.Cancel(t.ctx)
	t.cancel()
	return err
}

// asJSON makes an expression that gives the JSON text of another's value.
func asJSON(expression string) string {
	return "(async () => JSON.stringify((await (" + expression + ")) ?? null))()"
}

// timeLeft is the time until the deadline of ctx, or half a minute if it has none.
func timeLeft(ctx context.Context) time.Duration {
	if deadline, ok := ctx.Deadline(); ok {
		return time.Until(deadline)
	}
	return 30 * time.Second
}
