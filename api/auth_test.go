package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// fill puts ids of nothing into a call's path.
func fill(path string) string {
	return strings.NewReplacer(
		"{site}", "nosuch", "{session}", strings.Repeat("0", 32), "{document}", strings.Repeat("0", 32), "{sequence}", "1", "{token}", "nosuch",
	).Replace(path)
}

// Who may call what, for every route: what the scope forbids is 403, and what
// it allows gets past the guard (and fails for its own reasons, or not).
func testScopesOfEveryRoute(t *testing.T) {
	r := newRig(t)
	bearer := map[string]string{"admin": asAdmin}
	for _, scope := range []string{"read", "collector"} {
		var made struct{ Secret string }
		r.change("POST", "/tokens", fmt.Sprintf(`{"name":"t","scope":%q}`, scope), 201, &made)
		bearer[scope] = "Authorization: Bearer " + made.Secret
	}
	allowed := map[string][]string{
		"": {"", "admin", "read", "collector"}, "any": {"admin", "read", "collector"},
		"read": {"admin", "read"}, "collector": {"admin", "collector"}, "admin": {"admin"},
	}
	for _, rt := range r.api.RoutesForTest() {
		method, path, _ := strings.Cut(rt.Operation, " ")
		for _, who := range []string{"", "admin", "read", "collector"} {
			var headers []string
			if who != "" {
				headers = append(headers, bearer[who])
			}
			a := r.call(method, fill(path), "", headers...)
			may := strings.Contains(" "+strings.Join(allowed[rt.Scope], " ")+" ", " "+who+" ")
			switch {
			case who == "" && rt.Scope == "":
				may = true
			case who == "":
				may = false
			}
			want := map[bool]string{true: "", false: "forbidden"}[may]
			if !may && who == "" {
				want = "unauthenticated"
			}
			got := a.problem()
			if may && (got == "forbidden" || got == "unauthenticated") || !may && got != want {
				t.Errorf("%s by %q: %d %q, want %q", rt.Operation, who, a.status, got, want)
			}
			if want == "unauthenticated" && !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Bearer") {
				t.Errorf("%s: 401 without WWW-Authenticate", rt.Operation)
			}
		}
	}
}

func testTokens(t *testing.T) {
	r := newRig(t)
	var made struct{ ID, Secret string }
	r.change("POST", "/tokens", `{"name":"ci","scope":"read"}`, 201, &made)
	with := func(secret string) string { return "Authorization: Bearer " + secret }
	if a := r.call("GET", "/sites", "", with(made.Secret)); a.status != 200 {
		t.Errorf("a fresh token: %d", a.status)
	}
	for name, header := range map[string]string{
		"another secret of the same id": with(made.Secret[:len(made.Secret)-1] + "!"),
		"the id alone":                  with(made.ID),
		"nothing":                       with(""),
		"basic":                         "Authorization: Basic " + made.Secret,
		"a part of the bootstrap token": with(adminToken[:10]),
	} {
		if a := r.call("GET", "/sites", "", header); a.status != 401 {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	if a := r.call("GET", "/tokens", "", asAdmin); strings.Contains(string(a.body), made.Secret) || !strings.Contains(string(a.body), made.ID) {
		t.Errorf("the list of tokens: %s", a.body)
	}
	r.change("DELETE", "/tokens/"+made.ID, "", 204, nil)
	if a := r.call("GET", "/sites", "", with(made.Secret)); a.status != 401 {
		t.Errorf("a revoked token: %d", a.status)
	}
}

func testFailingAttemptsAreLimitedAndNobodyElseIs(t *testing.T) {
	r := newRig(t)
	attempts := map[int]int{}
	for range 30 {
		a := r.call("GET", "/sites", "", "Authorization: Bearer wrong")
		attempts[a.status]++
		if a.status == http.StatusTooManyRequests && a.header.Get("Retry-After") == "" {
			t.Fatal("429 without Retry-After")
		}
	}
	if attempts[401] != 10 || attempts[429] != 20 {
		t.Errorf("answers to 30 attempts: %v", attempts)
	}
	if a := r.call("GET", "/sites", "", asAdmin); a.status != 200 {
		t.Errorf("the right token from the same address: %d", a.status)
	}
	*r.clock = r.clock.Add(time.Minute)
	if a := r.call("GET", "/sites", "", "Authorization: Bearer wrong"); a.status != 401 {
		t.Errorf("a minute later: %d", a.status)
	}
}

// login redeems a new one-time login and returns the Cookie header.
func (r *rig) login() (header string, cookie *http.Cookie) {
	r.t.Helper()
	_, token, _ := strings.Cut(r.api.NewLogin(), "/#/login?token=")
	a := r.call("POST", "/login", fmt.Sprintf(`{"token":%q}`, token))
	if a.status != 204 {
		r.t.Fatalf("login: %d %s", a.status, a.body)
	}
	cookies, err := http.ParseSetCookie(a.header.Get("Set-Cookie"))
	if err != nil {
		r.t.Fatal(err)
	}
	return "Cookie: " + cookies.Name + "=" + cookies.Value, cookies
}

func testOneTimeLogins(t *testing.T) {
	r := newRig(t)
	link := r.api.NewLogin()
	if !strings.HasPrefix(link, r.url+"/#/login?token=") {
		t.Fatalf("link %s", link)
	}
	_, token, _ := strings.Cut(link, "token=")
	body := fmt.Sprintf(`{"token":%q}`, token)
	if a := r.call("POST", "/login", body, "Origin: https://evil.example"); a.problem() != "cross-site" {
		t.Errorf("from a page of another site: %d %s", a.status, a.body)
	}
	if a := r.call("POST", "/login", body, "Origin: "+r.url); a.status != 204 {
		t.Fatalf("first use: %d %s", a.status, a.body)
	}
	if a := r.call("POST", "/login", body); a.problem() != "invalid-login" {
		t.Errorf("second use: %d %s", a.status, a.body)
	}
	_, late, _ := strings.Cut(r.api.NewLogin(), "token=")
	*r.clock = r.clock.Add(15 * time.Minute)
	if a := r.call("POST", "/login", fmt.Sprintf(`{"token":%q}`, late)); a.problem() != "invalid-login" {
		t.Errorf("after 15 minutes: %d %s", a.status, a.body)
	}
	if a := r.call("POST", "/login", `{"token":""}`); a.problem() != "invalid-login" {
		t.Errorf("nothing: %d %s", a.status, a.body)
	}
}

func testCookieSession(t *testing.T) {
	r := newRig(t)
	header, cookie := r.login()
	if !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Secure || cookie.Path != "/" || cookie.Name != "hindsight_session" ||
		cookie.MaxAge != 7*24*3600 {
		t.Errorf("cookie %+v", cookie)
	}
	var me struct {
		Kind, Scope string
		ExpiresAt   time.Time `json:"expires_at"`
	}
	r.decode(r.call("GET", "/me", "", header), 200, &me)
	if me.Kind != "cookie" || me.Scope != "admin" || !me.ExpiresAt.Equal(testNow.Add(7*24*time.Hour)) {
		t.Errorf("%+v", me)
	}
	for i := range cookie.Value {
		forged := []byte(cookie.Value)
		forged[i] ^= 1
		if a := r.call("GET", "/me", "", "Cookie: hindsight_session="+string(forged)); a.status == 200 {
			t.Fatalf("a cookie forged at %d passes", i)
		}
	}
	*r.clock = r.clock.Add(7 * 24 * time.Hour)
	if a := r.call("GET", "/me", "", header); a.status != 401 {
		t.Errorf("after seven days: %d", a.status)
	}
}

func testChangesByCookieMustComeFromTheDashboard(t *testing.T) {
	r := newRig(t)
	cookie, _ := r.login()
	host := strings.TrimPrefix(r.url, "http://")
	for _, c := range []struct {
		name    string
		headers []string
		status  int
	}{
		{"no header at all", nil, 403},
		{"its own origin", []string{"Origin: " + r.url}, 200},
		{"fetched by itself", []string{"Sec-Fetch-Site: same-origin"}, 200},
		{"both", []string{"Origin: " + r.url, "Sec-Fetch-Site: same-origin"}, 200},
		{"another origin", []string{"Origin: https://evil.example"}, 403},
		{"another port", []string{"Origin: http://127.0.0.1:1"}, 403},
		{"an opaque origin", []string{"Origin: null"}, 403},
		{"a name that begins like ours", []string{"Origin: http://" + host + ".evil.example"}, 403},
		{"same site, other origin", []string{"Sec-Fetch-Site: same-site"}, 403},
		{"own origin, fetched from elsewhere", []string{"Origin: " + r.url, "Sec-Fetch-Site: cross-site"}, 403},
	} {
		a := r.call("PATCH", r.sitePath(""), `{"sample_rate":0.5}`, append(c.headers, cookie)...)
		if a.status != c.status || c.status == 403 && a.problem() != "cross-site" {
			t.Errorf("%s: %d %s", c.name, a.status, a.body)
		}
	}
	if a := r.call("GET", "/sites", "", cookie, "Origin: https://evil.example"); a.status != 200 || a.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("reading changes nothing, and no other origin may see it: %d %v", a.status, a.header)
	}
	if a := r.call("PATCH", r.sitePath(""), `{"sample_rate":1}`, asAdmin); a.status != 200 {
		t.Errorf("a token needs no origin: %d", a.status)
	}
	a := r.call("POST", "/logout", "", cookie, "Origin: "+r.url)
	if gone, err := http.ParseSetCookie(a.header.Get("Set-Cookie")); err != nil || gone.MaxAge >= 0 || gone.Value != "" {
		t.Errorf("logout: %v %v", gone, err)
	}
}

// What passes through the API's hands must not get into its log or metrics.
func testLogsAndMetricsHoldNoSecrets(t *testing.T) {
	r := newRig(t)
	cookie, _ := r.login()
	_, token, _ := strings.Cut(r.api.NewLogin(), "token=")
	var made struct{ Secret string }
	r.change("POST", "/tokens", `{"name":"ci","scope":"read"}`, 201, &made)
	r.call("GET", "/sites", "", "Authorization: Bearer wrong-canary")
	r.call("POST", "/login", fmt.Sprintf(`{"token":%q}`, token))
	r.call("GET", r.sitePath("/sessions?path=/canary-path"), "", cookie)
	r.call("GET", "/sites/canary-site", "", asAdmin)
	r.call("GET", "/canary-call", "", asAdmin)

	var text strings.Builder
	for _, entry := range r.logs.All() {
		fmt.Fprintln(&text, entry.Message, entry.ContextMap())
	}
	families, err := r.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		fmt.Fprintln(&text, f.String())
	}
	for _, want := range []string{"GET /api/v1/sites/{site}/sessions", "unmatched", "hindsight_api_requests_total", "hindsight_api_request_seconds"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in log and metrics", want)
		}
	}
	for _, secret := range []string{adminToken, made.Secret, token, strings.TrimPrefix(cookie, "Cookie: hindsight_session="), "canary", "127.0.0.1"} {
		if strings.Contains(text.String(), secret) {
			t.Errorf("%q is in log or metrics", secret)
		}
	}
}
