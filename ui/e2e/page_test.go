//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"parley/ui/e2e/browser"
)

// patience bounds one test. It is generous because the machine may be busy; no
// test waits for a time to pass.
const patience = 90 * time.Second

func bounded(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

func chromium(t *testing.T, o browser.Options) browser.Browser {
	t.Helper()
	b, err := browser.Chromium(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// tab is a page under test, with helpers that fail it.
type tab struct {
	t    *testing.T
	ctx  context.Context //nolint:containedctx // of one test
	page browser.Page
}

func open(t *testing.T, ctx context.Context, b browser.Browser, url string) *tab {
	t.Helper()
	page, err := b.NewPage(ctx)
	if err != nil {
		t.Fatal(err)
	}
	p := &tab{t, ctx, page}
	p.ok(page.Open(ctx, url))
	return p
}

// arrive opens the link and gives the name Kim.
func arrive(t *testing.T, ctx context.Context, b browser.Browser, url string) *tab {
	t.Helper()
	p := open(t, ctx, b, url)
	p.wait(`document.body.dataset.view === 'name'`)
	p.do(`document.getElementById('name').value = 'Kim'`)
	p.click(p.word("Continue", "继续"))
	return p
}

func (p *tab) ok(err error) {
	p.t.Helper()
	if err != nil {
		p.shoot("failed")
		p.t.Fatal(err)
	}
}

func (p *tab) do(expression string) {
	p.t.Helper()
	_, err := p.page.Eval(p.ctx, expression)
	p.ok(err)
}

func (p *tab) wait(condition string) {
	p.t.Helper()
	p.ok(browser.WaitFor(p.ctx, p.page, condition))
}

func (p *tab) view(name string) {
	p.t.Helper()
	p.wait(fmt.Sprintf(`document.body.dataset.view === %q`, name))
}

func (p *tab) phase(name string) {
	p.t.Helper()
	p.wait(fmt.Sprintf(`document.body.dataset.view === 'call' && document.getElementById('view-call').dataset.phase === %q`, name))
}

// reads waits until a visible element has this text.
func (p *tab) reads(id, text string) {
	p.t.Helper()
	p.wait(fmt.Sprintf(`document.getElementById(%q).checkVisibility() && document.getElementById(%[1]q).innerText.trim() === %q`, id, text))
}

func (p *tab) click(name string) {
	p.t.Helper()
	p.ok(browser.Click(p.ctx, p.page, name))
}

// word is english or chinese, as the page is.
func (p *tab) word(english, chinese string) string {
	p.t.Helper()
	lang, err := browser.Get[string](p.ctx, p.page, `document.documentElement.lang`)
	p.ok(err)
	if lang == "zh-CN" {
		return chinese
	}
	return english
}

// shoot keeps a picture of the page for whoever looks at the artifacts.
func (p *tab) shoot(name string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.ctx), 10*time.Second) // for failures, too
	defer cancel()
	_, _ = p.page.Eval(ctx, settled) // a picture of a page in motion is better than none
	picture, err := p.page.Screenshot(ctx)
	if err != nil {
		p.t.Logf("no screenshot %s: %v", name, err)
		return
	}
	if err := os.WriteFile(filepath.Join(p.t.ArtifactDir(), name+".png"), picture, 0o600); err != nil {
		p.t.Error(err)
	}
}

// settled waits until nothing moves but what always does.
const settled = `Promise.all(document.getAnimations().filter(a => a.effect.getTiming().iterations !== Infinity).map(a => a.finished))`

func TestPage_ScreensOfEveryTaste(t *testing.T) {
	for _, taste := range []struct {
		name string
		browser.Options
	}{
		{"desktop-light", browser.Options{}},
		{"desktop-dark", browser.Options{Dark: true}},
		{"phone-light-chinese", browser.Options{Width: 390, Height: 780, Language: "zh-CN"}},
		{"phone-dark", browser.Options{Width: 390, Height: 780, Dark: true}},
		{"phone-flat", browser.Options{Width: 740, Height: 360}},
	} {
		t.Run(taste.name, func(t *testing.T) {
			t.Parallel()
			ctx := bounded(t)
			hub := newScript(t, ctx)
			tour(t, ctx, hub, chromium(t, taste.Options))
		})
	}
}

// tour visits every screen.
func tour(t *testing.T, ctx context.Context, hub *script, b browser.Browser) {
	t.Helper()
	p := open(t, ctx, b, hub.link())
	p.view("name")
	p.shoot("1-name")
	p.do(`document.getElementById('name').value = 'Kim'`)
	p.click(p.word("Continue", "继续"))
	l := hub.welcome(false)
	p.view("home")
	p.shoot("2-away")
	l.say(frame{"type": "came", "member": ann})
	p.reads("presence", p.word("here", "在线"))
	p.shoot("3-here")

	l.say(invite(callID("1"), "video", ""))
	l.next("ringing")
	p.view("ringing")
	p.shoot("4-ringing")
	p.click(p.word("Decline", "拒绝"))
	l.next("decline")
	p.view("home")

	p.click(p.word("Call", "视频通话"))
	p.phase("calling")
	call := l.next("invite")["call"]
	l.say(frame{"type": "ringing", "from": "ann", "call": call})
	p.reads("person-text", p.word("Ringing…", "对方已响铃…"))
	p.wait(`document.getElementById('local').videoWidth > 0`)
	p.shoot("5-calling")
	l.say(frame{"type": "accept", "from": "ann", "call": call, "kind": "video"})
	p.phase("connecting")
	p.click(p.word("Mute", "静音"))
	p.click(p.word("Camera", "摄像头"))
	p.shoot("6-connecting")
	l.say(frame{"type": "bye", "from": "ann", "call": call})
	p.view("home")
	p.shoot("7-ended")
	l.drop(4404, "")
	p.view("fatal")
	p.shoot("8-fatal")
}
