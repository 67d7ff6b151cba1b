package report

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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
			theme string
		}{{"desktop", 1280, false, "light"}, {"phone", 390, true, "light"}, {"dark", 1280, false, "dark"}, {"phone-dark", 390, true, "dark"}} {
			name := string(lang) + "-" + screen.name
			open(t, ctx, url, screen.width, screen.phone)
			eval[bool](t, ctx, "(document.documentElement.dataset.theme = '"+screen.theme+"', true)")
			state := eval[struct {
				Overflow int      `json:"overflow"`
				Charts   int      `json:"charts"`
				Empty    int      `json:"empty"`
				Rows     int      `json:"rows"`
				Lang     string   `json:"lang"`
				Title    string   `json:"title"`
				Wide     []string `json:"wide"`
				Sections []string `json:"sections"`
				Silent   []string `json:"silent"`
				Paper    string   `json:"paper"`
			}](t, ctx, `({
				overflow: document.documentElement.scrollWidth - Math.ceil(visualViewport.width),
				charts: document.querySelectorAll('main .chart').length,
				empty: [...document.querySelectorAll('main .chart')].filter((e) => e.querySelectorAll('svg path').length < 3).length,
				rows: document.querySelectorAll('#series tbody tr:not(.gap)').length,
				lang: document.documentElement.lang, title: document.querySelector('h1').innerText,
				wide: `+tooWide+`,
				sections: [...document.querySelectorAll('.sections a')].map((a) => a.hash.slice(1)),
				silent: [...document.querySelectorAll('.sections a')].map((a) => document.querySelector(a.hash)).filter((e) => !e || e.innerText.length < 80 || e.offsetHeight < 100).map((e) => e?.id),
				paper: getComputedStyle(document.querySelector('main > section')).backgroundColor,
			})`)
			if state.Overflow > 0 || len(state.Wide) > 0 {
				t.Errorf("%s: the page is %d pixels wider than the screen: %v", name, state.Overflow, state.Wide)
			}
			if len(state.Sections) != len(sections) || len(state.Silent) > 0 {
				t.Errorf("%s: sections %v, of which nothing is seen of %v", name, state.Sections, state.Silent)
			}
			if state.Charts < 12 || state.Empty > 0 {
				t.Errorf("%s: %d charts, %d of them empty", name, state.Charts, state.Empty)
			}
			if state.Rows < 15 || state.Rows > 60 {
				t.Errorf("%s: the table of all series holds %d rows, want those in sight", name, state.Rows)
			}
			if light := state.Paper == "rgb(255, 255, 255)"; light != (screen.theme == "light") {
				t.Errorf("%s: the paper is %s", name, state.Paper)
			}
			want := map[message.Lang]string{message.English: "We expect", message.Chinese: "预计未来"}[lang]
			if state.Lang != lang.Tag() || !strings.HasPrefix(state.Title, want) {
				t.Errorf("%s: the page is in %q and begins %q", name, state.Lang, state.Title)
			}
			accessible(t, ctx, name)
			shoot(t, ctx, name, chromedp.FullScreenshot(100))
		}
	}
	for _, c := range complaints() {
		t.Error(c)
	}
}

// accessible runs axe-core over the page, if $TIDEWATCH_AXE names its axe.min.js (npm install axe-core): no finding may be serious.
func accessible(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	path := os.Getenv("TIDEWATCH_AXE")
	if path == "" {
		return
	}
	axe, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[any](string(axe)+";0")); err != nil {
		t.Fatal(err)
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`axe.run().then((r) => r.passes.length < 20 ? ['only ' + r.passes.length + ' rules were checked'] : r.violations.filter((v) => v.impact === 'serious' || v.impact === 'critical')
		.flatMap((v) => v.nodes.map((n) => v.id + ' (' + v.impact + '): ' + n.html.slice(0, 160) + ' ' + n.failureSummary.slice(0, 200))))`, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Errorf("%s: %s", name, f)
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
	marks := eval[string](t, ctx, `document.querySelector("#lead svg").textContent`)
	last := eval[int](t, ctx, `(() => { const box = document.querySelector('#rows'); box.scrollTop = box.scrollHeight; box.dispatchEvent(new Event('scroll')); return +[...document.querySelectorAll('#series .open')].pop().dataset.row; })()`)
	do(t, ctx, chromedp.Sleep(100*time.Millisecond))
	eval[bool](t, ctx, `(() => { const list = document.querySelectorAll('#series .open'); list[list.length - 2].focus(); return document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true, cancelable: true })); })()`)
	focused := eval[int](t, ctx, `+document.activeElement.dataset.row`)
	click("#theme")
	click("#lang")
	switched := text("h1")
	shoot(t, ctx, "zh-dark", chromedp.FullScreenshot(100))
	if !strings.HasSuffix(found, " series") || strings.Contains(found, "307") {
		t.Errorf("searching for two words found %q", found)
	}
	if dialog != "JUMBO LUNCH BAG" || charts < 5 || steps != 8 {
		t.Errorf("the detail shows %q with %d paths and %d steps", dialog, charts, steps)
	}
	if !strings.Contains(marks, "Christmas") || !strings.Contains(marks, "Singles' Day") {
		t.Errorf("the chart of the total marks %q", marks)
	}
	if last != 306 || focused != 306 {
		t.Errorf("at the end of the table stands row %d, and the arrow key led to %d", last, focused)
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

// TestEveryCaseInBrowser opens the reports that real runs can lead to on a phone: two of them, all with TIDEWATCH_LONG=1.
func TestEveryCaseInBrowser(t *testing.T) {
	ctx := browser(t)
	complaints := watch(t, ctx)
	heard := 0
	list := cases(t)
	for _, name := range slices.Sorted(maps.Keys(list)) {
		if os.Getenv("TIDEWATCH_LONG") == "" && name != "hostile" && name != "bare" {
			continue
		}
		open(t, ctx, file(t, list[name]), 390, true)
		if over := eval[int](t, ctx, "document.documentElement.scrollWidth - Math.ceil(visualViewport.width)"); over > 0 {
			t.Errorf("%s: the page is %d pixels wider than the screen: %v", name, over, eval[[]string](t, ctx, tooWide))
		}
		if eval[bool](t, ctx, "window.hacked !== undefined") {
			t.Errorf("%s: text of the data ran as a script", name)
		}
		if eval[int](t, ctx, "document.querySelectorAll('#series tbody button').length") > 0 {
			do(t, ctx, chromedp.Click(chromedp.CSS("#series tbody button")), chromedp.Sleep(50*time.Millisecond))
			if !eval[bool](t, ctx, "document.querySelector('#detail').open") {
				t.Errorf("%s: the detail of a series does not open", name)
			}
			if wide := eval[[]string](t, ctx, strings.ReplaceAll(tooWide, "main *, footer *", "dialog, dialog *")); len(wide) > 0 {
				t.Errorf("%s: the detail is wider than the screen: %v", name, wide)
			}
		}
		shoot(t, ctx, "case-"+strings.ReplaceAll(name, " ", "-"), chromedp.CaptureScreenshot())
		for _, c := range complaints()[heard:] {
			t.Errorf("%s: %s", name, c)
		}
		heard = len(complaints())
	}
}

const tooWide = `[...document.querySelectorAll('main *, footer *')].filter((e) => e.getBoundingClientRect().right > visualViewport.width + 1 && !e.closest('.scroll, svg, .sr')).map((e) => e.tagName + '.' + e.className)`

// TestLargeReportInBrowser: a report of many series opens and answers at once.
func TestLargeReportInBrowser(t *testing.T) {
	ctx := browser(t)
	url := file(t, sample(t, maxSeries, 8))
	start := time.Now()
	open(t, ctx, url, 1280, false)
	loaded := time.Since(start)
	took := eval[float64](t, ctx, `(() => {
		const t = performance.now();
		const group = document.querySelector('#group');
		group.value = 'item';
		group.dispatchEvent(new Event('change'));
		document.querySelector('[data-key="change"] button').click();
		const box = document.querySelector('#rows');
		box.scrollTop = 1e5;
		box.dispatchEvent(new Event('scroll'));
		return performance.now() - t;
	})()`)
	t.Logf("%d series: open in %v; to filter, sort and scroll in %.0f ms", maxSeries, loaded.Round(time.Millisecond), took)
	if took > 500 {
		t.Errorf("to filter, sort and scroll take %.0f ms", took)
	}
}
