package report

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/tidewatch/tidewatch/message"
)

// browser starts Chromium without a network service of its own to talk to, or skips the test where there is none.
func browser(t *testing.T) context.Context {
	t.Helper()
	var binary string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			binary = path
			break
		}
	}
	if binary == "" {
		t.Skip("no chromium on the PATH: the report is not opened in a browser")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(binary), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.WSURLReadTimeout(time.Minute))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// watch collects what a page complains of and what it asks a network for.
func watch(t *testing.T, ctx context.Context) (complaints func() []string) {
	t.Helper()
	var mu sync.Mutex
	var list []string
	err := chromedp.Listen(ctx, func(event any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := event.(type) {
		case *runtime.EventConsoleAPICalled:
			for _, a := range e.Args {
				list = append(list, fmt.Sprintf("console %s: %s %s", e.Type, a.Value, a.Description))
			}
		case *runtime.EventExceptionThrown:
			list = append(list, fmt.Sprintf("exception: %s %v", e.ExceptionDetails.Text, e.ExceptionDetails.Exception))
		case *log.EventEntryAdded:
			list = append(list, fmt.Sprintf("log %s: %s", e.Entry.Level, e.Entry.Text))
		case *network.EventRequestWillBeSent:
			if u := e.Request.URL; !strings.HasPrefix(u, "file:") && !strings.HasPrefix(u, "data:") {
				list = append(list, "request: "+u)
			}
		}
	})
	if err != nil {
		t.Fatalf("chromium does not start: %v", err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return list
	}
}

// file writes the report of d where a browser can open it.
func file(t *testing.T, d Data) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, d); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return "file://" + path
}

// open shows a page at a width of the screen and waits until its script is done.
func open(t *testing.T, ctx context.Context, url string, width int64, phone bool) {
	t.Helper()
	options := []chromedp.EmulateViewportOption{}
	if phone {
		options = append(options, chromedp.EmulateMobile, chromedp.EmulatePortrait)
	}
	do(t, ctx, chromedp.EmulateViewport(width, 900, options...), chromedp.Navigate(url), chromedp.WaitReady(chromedp.CSS(`html[data-ready="yes"]`)))
}

func do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// eval is the value of a JavaScript expression in the page.
func eval[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// shoot saves a picture of the page as $TIDEWATCH_SHOTS/name.png, if that is set.
func shoot(t *testing.T, ctx context.Context, name string, how chromedp.Action[[]byte]) {
	t.Helper()
	dir := os.Getenv("TIDEWATCH_SHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(ctx, how)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestInBrowser(t *testing.T) {
	ctx := browser(t)
	complaints := watch(t, ctx)
	for _, lang := range message.Langs {
		d := sample(t, 300, 8)
		d.Lang = lang
		url := file(t, d)
		for _, screen := range []struct {
			name  string
			width int64
			phone bool
		}{{"desktop", 1280, false}, {"phone", 390, true}} {
			name := string(lang) + "-" + screen.name
			open(t, ctx, url, screen.width, screen.phone)
			state := eval[struct {
				Overflow int      `json:"overflow"`
				Charts   int      `json:"charts"`
				Empty    int      `json:"empty"`
				Rows     int      `json:"rows"`
				Lang     string   `json:"lang"`
				Title    string   `json:"title"`
				Wide     []string `json:"wide"`
			}](t, ctx, `({
				overflow: document.documentElement.scrollWidth - innerWidth,
				charts: document.querySelectorAll('main .chart').length,
				empty: [...document.querySelectorAll('main .chart')].filter((e) => e.querySelectorAll('svg path').length < 3).length,
				rows: document.querySelectorAll('#series tbody tr').length,
				lang: document.documentElement.lang, title: document.querySelector('h1').innerText,
				wide: [...document.querySelectorAll('main *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll, svg, .sr')).map((e) => e.tagName + '.' + e.className),
			})`)
			if state.Overflow > 0 || len(state.Wide) > 0 {
				t.Errorf("%s: the page is %d pixels wider than the screen: %v", name, state.Overflow, state.Wide)
			}
			if state.Charts < 12 || state.Empty > 0 {
				t.Errorf("%s: %d charts, %d of them empty", name, state.Charts, state.Empty)
			}
			if state.Rows != 25 {
				t.Errorf("%s: the table of all series shows %d rows, want 25", name, state.Rows)
			}
			want := map[message.Lang]string{message.English: "We expect", message.Chinese: "预计未来"}[lang]
			if state.Lang != lang.Tag() || !strings.HasPrefix(state.Title, want) {
				t.Errorf("%s: the page is in %q and begins %q", name, state.Lang, state.Title)
			}
			shoot(t, ctx, name, chromedp.FullScreenshot(100))
		}
	}
	for _, c := range complaints() {
		t.Error(c)
	}
}

func TestUse(t *testing.T) {
	ctx := browser(t)
	complaints := watch(t, ctx)
	url := file(t, sample(t, 300, 8))
	open(t, ctx, url, 1280, false)
	click := func(selector string) {
		t.Helper()
		do(t, ctx, chromedp.Click(chromedp.CSS(selector)), chromedp.Sleep(150*time.Millisecond))
	}
	text := func(selector string) string {
		t.Helper()
		return eval[string](t, ctx, "document.querySelector('"+selector+"').innerText")
	}
	number := func(selector string) int {
		t.Helper()
		return eval[int](t, ctx, "document.querySelectorAll('"+selector+"').length")
	}

	do(t, ctx, chromedp.SendKeys(chromedp.CSS("#search"), "lunch jumbo"), chromedp.Sleep(250*time.Millisecond))
	found := text("#where")
	click("#series tbody button")
	dialog, charts, steps := text("#detailName"), number("#detailChart svg path"), number("#detailNumbers tbody tr")
	if !eval[bool](t, ctx, `document.querySelector('#detail').open`) {
		t.Error("the detail of a series does not open")
	}
	shoot(t, ctx, "detail", chromedp.CaptureScreenshot())
	click("#detailClose")
	eval[bool](t, ctx, `(() => { const s = document.querySelector('#search'); s.value = ''; return s.dispatchEvent(new Event('input')); })()`)
	do(t, ctx, chromedp.Sleep(250*time.Millisecond))
	click(`[data-key="next"] button`)
	first := text("#series tbody bdi")
	click(`[data-key="next"] button`)
	sorted := eval[string](t, ctx, `document.querySelector('[data-key="next"]').getAttribute('aria-sort')`)
	click("#theme")
	click("#lang")
	switched := text("h1")
	shoot(t, ctx, "zh-dark", chromedp.FullScreenshot(100))
	if !strings.HasPrefix(found, "1 to ") || strings.Contains(found, "307") {
		t.Errorf("searching for two words found %q", found)
	}
	if dialog != "JUMBO LUNCH BAG" || charts < 5 || steps != 8 {
		t.Errorf("the detail shows %q with %d paths and %d steps", dialog, charts, steps)
	}
	if first != "Online shop" || sorted != "ascending" {
		t.Errorf("sorted by volume %q leads; sorted again the column is %s", first, sorted)
	}
	if !strings.HasPrefix(switched, "预计未来") {
		t.Errorf("in Chinese the page begins %q", switched)
	}
	for _, c := range complaints() {
		t.Error(c)
	}
}
