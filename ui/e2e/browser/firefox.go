//go:build e2e

package browser

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// starting bounds the start of a browser, which is slow on a busy machine.
const starting = 60 * time.Second

// firefox is a Firefox process.
type firefox struct {
	cmd     *exec.Cmd
	exited  chan struct{}
	bidi    *bidi
	profile string
	options Options
}

// Firefox starts Debian's Firefox, headless.
func Firefox(o Options) (Browser, error) {
	profile, err := os.MkdirTemp("", "parley-firefox-")
	if err != nil {
		return nil, fmt.Errorf("start Firefox: %w", err)
	}
	f := &firefox{profile: profile, exited: make(chan struct{}), options: o}
	if err := f.start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start Firefox: %w", err), f.Close())
	}
	return f, nil
}

func (f *firefox) start() error {
	if err := os.WriteFile(filepath.Join(f.profile, "user.js"), []byte(f.options.preferences()), 0o600); err != nil {
		return err
	}
	width, height := f.options.size()
	f.cmd = exec.Command("/usr/bin/firefox-esr", "--headless", "--profile", f.profile, "--no-remote",
		fmt.Sprintf("--width=%d", width), fmt.Sprintf("--height=%d", height), "--remote-debugging-port=0", "about:blank")
	f.cmd.Env = append(append(os.Environ(), f.options.Env...), "HOME="+f.profile, "MOZ_CRASHREPORTER_DISABLE=1")
	f.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	log, err := f.cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := f.cmd.Start(); err != nil {
		return err
	}
	address := make(chan string, 1)
	go f.read(log, address)
	select {
	case url := <-address:
		return f.connect(url)
	case <-f.exited:
		return errors.New("it ended at once")
	case <-time.After(starting):
		return errors.New("it does not say where to connect")
	}
}

// read finds the address in the log, and reads on until the process is gone.
func (f *firefox) read(log io.Reader, address chan<- string) {
	defer close(f.exited)
	told := regexp.MustCompile(`WebDriver BiDi listening on (ws://\S+)`)
	for lines := bufio.NewScanner(log); lines.Scan(); {
		if m := told.FindStringSubmatch(lines.Text()); m != nil {
			address <- m[1] + "/session"
		}
	}
	_ = f.cmd.Wait() // it is killed when it does not close by itself
}

func (f *firefox) connect(url string) error {
	var err error
	if f.bidi, err = dialBiDi(url); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), starting)
	defer cancel()
	return f.bidi.call(ctx, "session.new", object{"capabilities": object{}}, nil)
}

// preferences is the content of user.js.
func (o Options) preferences() string {
	language := o.Language
	if language == "" {
		language = "en-US"
	}
	lines := []string{
		preference("media.navigator.streams.fake", !o.NoCamera),
		preference("media.navigator.permission.disabled", !o.Refused),
		preference("media.autoplay.default", 0),
		preference("media.gmp-manager.url", ""),
		preference("intl.accept_languages", language),
		preference("ui.systemUsesDarkTheme", map[bool]int{true: 1}[o.Dark]),
		preference("app.update.enabled", false),
		preference("app.normandy.enabled", false),
		preference("browser.shell.checkDefaultBrowser", false),
		preference("browser.aboutConfig.showWarning", false),
		preference("browser.safebrowsing.malware.enabled", false),
		preference("browser.safebrowsing.phishing.enabled", false),
		preference("datareporting.policy.dataSubmissionEnabled", false),
		preference("extensions.update.enabled", false),
		preference("network.captive-portal-service.enabled", false),
		preference("network.connectivity-service.enabled", false),
		preference("services.settings.server", "data:,"),
		preference("toolkit.telemetry.enabled", false),
	}
	if o.Refused {
		lines = append(lines, preference("permissions.default.camera", 2), preference("permissions.default.microphone", 2))
	}
	return strings.Join(lines, "\n")
}

func preference(name string, value any) string {
	text, _ := json.Marshal(value) //nolint:errchkjson // only strings, numbers and booleans
	return fmt.Sprintf("user_pref(%q, %s);", name, text)
}

func (f *firefox) NewPage(ctx context.Context) (Page, error) {
	var user struct{ UserContext string }
	if err := f.bidi.call(ctx, "browser.createUserContext", object{}, &user); err != nil {
		return nil, err
	}
	var tab struct{ Context string }
	if err := f.bidi.call(ctx, "browsingContext.create", object{"type": "tab", "userContext": user.UserContext}, &tab); err != nil {
		return nil, err
	}
	p := &tabOfFirefox{f.bidi, tab.Context, user.UserContext}
	width, height := f.options.size()
	return p, p.call(ctx, "browsingContext.setViewport", object{"viewport": object{"width": width, "height": height}}, nil)
}

// PID implements Browser.
func (f *firefox) PID() int { return f.cmd.Process.Pid }

func (f *firefox) Close() error {
	if f.bidi != nil {
		ctx, cancel := context.WithTimeout(context.Background(), closing/2)
		_ = f.bidi.call(ctx, "browser.close", object{}, nil) // the process is ended below in any case
		cancel()
		f.bidi.close()
	}
	if f.cmd != nil && f.cmd.Process != nil {
		f.end()
	}
	return os.RemoveAll(f.profile)
}

func (f *firefox) end() {
	select {
	case <-f.exited:
	case <-time.After(closing / 2):
		_ = syscall.Kill(-f.cmd.Process.Pid, syscall.SIGKILL) // gone already is as good
		<-f.exited
	}
}

type tabOfFirefox struct {
	bidi    *bidi
	context string
	user    string
}

// call adds the tab to the parameters.
func (t *tabOfFirefox) call(ctx context.Context, method string, params object, result any) error {
	params["context"] = t.context
	return t.bidi.call(ctx, method, params, result)
}

func (t *tabOfFirefox) Open(ctx context.Context, url string) error {
	return t.call(ctx, "browsingContext.navigate", object{"url": url, "wait": "complete"}, nil)
}

func (t *tabOfFirefox) Eval(ctx context.Context, expression string) (json.RawMessage, error) {
	var reply struct {
		Type             string
		Result           struct{ Value string }
		ExceptionDetails struct{ Text string }
	}
	err := t.bidi.call(ctx, "script.evaluate", object{
		"expression": asJSON(expression), "target": object{"context": t.context}, "awaitPromise": true, "userActivation": true,
	}, &reply)
	if err != nil {
		return nil, err
	}
	if reply.Type != "success" {
		return nil, errors.New(reply.ExceptionDetails.Text)
	}
	return json.RawMessage(reply.Result.Value), nil
}

func (t *tabOfFirefox) Press(ctx context.Context, x, y float64) error {
	return t.call(ctx, "input.performActions", object{"actions": []object{{
		"type": "pointer", "id": "mouse", "actions": []object{
			{"type": "pointerMove", "x": int(x), "y": int(y)},
			{"type": "pointerDown", "button": 0},
			{"type": "pointerUp", "button": 0},
		},
	}}}, nil)
}

func (t *tabOfFirefox) Screenshot(ctx context.Context) ([]byte, error) {
	var shot struct{ Data string }
	if err := t.call(ctx, "browsingContext.captureScreenshot", object{}, &shot); err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(shot.Data)
}

func (t *tabOfFirefox) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closing)
	defer cancel()
	return t.bidi.call(ctx, "browser.removeUserContext", object{"userContext": t.user}, nil)
}
