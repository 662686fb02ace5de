package demo

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func get(t *testing.T, h http.Handler, target, host string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	if host != "" {
		r.Host = host
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Result(), string(body)
}

func TestRoutes(t *testing.T) {
	h := Handler(HandlerConfig{SiteKey: "key-1", SampleRate: 1})
	snippet := `<script defer src="/t.js" data-site="key-1" data-sample-rate="1" data-consent="implied"></script>`
	for path, want := range map[string]struct {
		status int
		holds  []string
	}{
		"/demo/":                           {200, []string{snippet, "Iron Teapot", `href="/demo/product/cup"`, "Do not record me"}},
		"/demo/product/teapot":             {200, []string{snippet, "<h1>Iron Teapot</h1>", "€ 48.00"}},
		"/demo/product/none":               {404, []string{snippet, "No such page"}},
		"/demo/cart":                       {200, []string{snippet, `id="coupon"`}},
		"/demo/signup":                     {200, []string{snippet, `type="password"`, `autocomplete="new-password"`, "Show password"}},
		"/demo/guide":                      {200, []string{snippet, "Which tea is yours?", "guide.js"}},
		"/demo/guide/taste":                {200, []string{snippet, "What should it taste of?"}},
		"/demo/guide/strength?taste=malty": {200, []string{"/demo/guide/moment?taste=malty&amp;strength=light"}},
		"/demo/guide/strength?taste=%22%3E%3Cb%3E":                  {200, []string{"/demo/guide/moment?taste=fresh&amp;strength=light"}},
		"/demo/guide/nowhere":                                       {404, []string{"No such page"}},
		"/demo/nowhere":                                             {404, []string{"No such page"}},
		"/demo/fragments/guide":                                     {200, []string{"Which tea is yours?"}},
		"/demo/fragments/guide/result?taste=malty":                  {200, []string{"River Assam"}},
		"/demo/fragments/guide/nowhere":                             {404, []string{"no such step"}},
		"/demo/fragments/cart?items=sencha.2-x.1-cup.-3-teapot.999": {200, []string{`<tr id="row-sencha">`, "€ 25.00"}},
		"/demo/assets/style.css":                                    {200, []string{"--paper"}},
		"/demo/assets/layout.html":                                  {404, nil},
	} {
		answer, body := get(t, h, path, "")
		if answer.StatusCode != want.status {
			t.Errorf("%s: status %d, not %d", path, answer.StatusCode, want.status)
		}
		for _, text := range want.holds {
			if !strings.Contains(body, text) {
				t.Errorf("%s: does not hold %q", path, text)
			}
		}
		if strings.Contains(path, "items=") && strings.Count(body, "<tr") != 1 {
			t.Errorf("%s: rows of things that the shop does not have: %s", path, body)
		}
	}
}

func TestSnippetNamesTheBudget(t *testing.T) {
	snippet := `<script defer src="/t.js" data-site="key-1" data-sample-rate="1" data-consent="implied" data-budget="0"></script>`
	_, body := get(t, Handler(HandlerConfig{SiteKey: "key-1", SampleRate: 1, Budget: "0"}), "/demo/", "")
	if !strings.Contains(body, snippet) {
		t.Errorf("the page does not hold %q", snippet)
	}
}

func TestEveryLinkLeads(t *testing.T) {
	h := Handler(HandlerConfig{})
	seen, todo := map[string]bool{}, []string{"/demo/"}
	for len(todo) > 0 {
		path := todo[0]
		todo = todo[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		answer, body := get(t, h, path, "")
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%s is linked to and answers %d", path, answer.StatusCode)
		}
		if !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") {
			continue
		}
		for _, attribute := range []string{`href="`, `src="`, `action="`} {
			for _, rest := range strings.Split(body, attribute)[1:] {
				target, _, _ := strings.Cut(rest, `"`)
				if !strings.HasPrefix(target, "/demo/") && !strings.HasPrefix(target, "#") {
					t.Errorf("%s refers to %q, outside the shop", path, target)
					continue
				}
				if !strings.HasPrefix(target, "#") {
					todo = append(todo, strings.ReplaceAll(target, "&amp;", "&"))
				}
			}
		}
	}
	if len(seen) < 15 {
		t.Errorf("only %d pages and files found", len(seen))
	}
}

func TestPolicy(t *testing.T) {
	for name, test := range map[string]struct {
		tracker, host string
		want, not     []string
	}{
		"own origin": {
			"/t.js", "shop.example:8080",
			[]string{"script-src 'self';", "connect-src 'self' ws://shop.example:8080 wss://shop.example:8080;"}, nil,
		},
		"another origin": {
			"http://collector.example:8081/t.js", "shop.example",
			[]string{"script-src 'self' http://collector.example:8081;", "connect-src 'self' http://collector.example:8081 ws://collector.example:8081;"}, nil,
		},
		"another origin, encrypted": {
			"https://collector.example/t.js", "shop.example",
			[]string{"script-src 'self' https://collector.example;", "wss://collector.example;"}, nil,
		},
		"a host header that writes policy": {
			"/t.js", "x; script-src *",
			[]string{"connect-src 'self';"}, []string{"*"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := Handler(HandlerConfig{SiteKey: "k", TrackerURL: test.tracker, SampleRate: 1})
			answer, body := get(t, h, "/demo/", test.host)
			policy := answer.Header.Get("Content-Security-Policy")
			for _, want := range test.want {
				if !strings.Contains(policy+";", want) {
					t.Errorf("the policy lacks %q: %s", want, policy)
				}
			}
			for _, not := range append(test.not, "unsafe") {
				if strings.Contains(policy, not) {
					t.Errorf("the policy holds %q: %s", not, policy)
				}
			}
			if !strings.Contains(body, `src="`+test.tracker+`"`) {
				t.Errorf("the snippet does not name %s", test.tracker)
			}
		})
	}
}

func TestHandlerRefusesMistakes(t *testing.T) {
	for name, cfg := range map[string]HandlerConfig{
		"address": {TrackerURL: "javascript:alert(1)"},
		"host":    {TrackerURL: "//collector.example/t.js"},
		"rate":    {SampleRate: 2},
	} {
		if _, err := newHandler(cfg); err == nil {
			t.Errorf("%s: %+v is taken", name, cfg)
		}
	}
}
