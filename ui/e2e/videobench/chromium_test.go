//go:build e2e

package videobench

import (
	"context"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"parley/ui/e2e/browser"
	"parley/ui/e2e/lab"
)

//go:embed page.html
var page []byte

// openPage starts Chromium whose camera is the clip.
func openPage(b *testing.B, f *footage) chromiumPage {
	b.Helper()
	chromium, err := browser.Chromium(browser.Options{Camera: f.write(b)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = chromium.Close() })
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write(page)
	}))
	b.Cleanup(web.Close)
	p, err := chromium.NewPage(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	if err := p.Open(b.Context(), web.URL); err != nil {
		b.Fatal(err)
	}
	return chromiumPage{p, chromium}
}

// chromiumPage is the page, in a browser of its own.
type chromiumPage struct {
	browser.Page
	browser browser.Browser
}

// get evaluates an expression of the page.
func get[T any](ctx context.Context, b *testing.B, p browser.Page, expression string) T {
	b.Helper()
	v, err := browser.Get[T](ctx, p, expression)
	if err != nil {
		b.Fatal(err)
	}
	return v
}

func quoted(text string) string {
	out, _ := json.Marshal(text)
	return string(out)
}

// chromium shows the clip from one connection of a page to another.
func chromium(b *testing.B, f *footage, path *lab.Path, during func(ctx context.Context)) *showing {
	b.Helper()
	ctx := b.Context()
	p := openPage(b, f)
	p.join(ctx, b, f, path, mostBitrate, true)
	during(ctx)
	return collect(ctx, b, p)
}

// join connects the page to itself; looked at, what it shows is recorded.
func (p chromiumPage) join(ctx context.Context, b *testing.B, f *footage, path *lab.Path, bitrate int, looked bool) {
	b.Helper()
	offer := get[string](ctx, b, p, fmt.Sprintf("offer(%d, %d, %d, %t)", bitrate, f.size.X, f.size.Y, looked))
	answer := get[string](ctx, b, p, "answer("+quoted(path.SDP(0, offer))+")")
	get[bool](ctx, b, p, "accept("+quoted(path.SDP(1, answer))+")")
}

// collect fetches what the page saw.
func collect(ctx context.Context, b *testing.B, p browser.Page) *showing {
	b.Helper()
	seen := &showing{}
	for _, v := range get[[][3]float64](ctx, b, p, "stop()") {
		seen.sights = append(seen.sights, sight{int(v[0]), millis(v[1]), millis(v[2])})
	}
	for _, v := range get[[][2]float64](ctx, b, p, "taken") {
		seen.captures = append(seen.captures, exposure{int(v[0]), millis(v[1])})
	}
	seen.samples, seen.stood = fetch(ctx, b, p, "samples"), fetch(ctx, b, p, "stood")
	return seen
}

// fetch returns the pictures of a list of the page.
func fetch(ctx context.Context, b *testing.B, p browser.Page, list string) []sample {
	b.Helper()
	samples := make([]sample, get[int](ctx, b, p, list+".length"))
	for i := range samples {
		v := get[struct {
			Number        int
			At            float64
			Width, Height int
			Luma          string
		}](ctx, b, p, fmt.Sprintf("sample(%s[%d])", list, i))
		luma, err := base64.StdEncoding.DecodeString(v.Luma)
		if err != nil {
			b.Fatal(err)
		}
		picture := image.NewYCbCr(image.Rect(0, 0, v.Width, v.Height), image.YCbCrSubsampleRatio420)
		copy(picture.Y, luma)
		samples[i] = sample{v.Number, millis(v.At), picture}
	}
	return samples
}

func millis(v float64) time.Duration { return time.Duration(v * float64(time.Millisecond)) }
