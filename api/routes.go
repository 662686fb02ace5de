package api

import (
	"net/http"
	"slices"
	"strings"
)

// prefix is where the API lies.
const prefix = "/api/v1"

// scope is what a caller must be for a call.
type scope string

const (
	scopeNone      scope = ""          // anybody
	scopeAny       scope = "any"       // whoever is known
	scopeRead      scope = "read"      // read or admin
	scopeCollector scope = "collector" // collector or admin
	scopeAdmin     scope = "admin"
)

// route is one call of the API.
type route struct {
	method string
	path   string // below prefix, as in openapi.yaml
	scope  scope
	query  []string // the parameters it takes; every other is refused
	call   call
}

func (rt route) pattern() string { return rt.method + " " + prefix + rt.path }

// routes are all calls; a test holds them against openapi.yaml.
func (a *API) routes() []route {
	heat := []string{"path", "kind", "device", "width", "from", "to"}
	list := []string{
		"from", "to", "limit", "cursor", "path", "device", "browser", "country", "min_duration", "has", "visitor",
	}
	return []route{
		{"POST", "/login", scopeNone, nil, a.postLogin},
		{"POST", "/logout", scopeAny, nil, a.postLogout},
		{"POST", "/login-links", scopeAdmin, nil, a.postLoginLink},
		{"GET", "/me", scopeAny, nil, a.getMe},
		{"GET", "/tokens", scopeAdmin, nil, a.getTokens},
		{"POST", "/tokens", scopeAdmin, nil, a.postToken},
		{"DELETE", "/tokens/{token}", scopeAdmin, nil, a.deleteToken},
		{"GET", "/collector/sites", scopeCollector, nil, a.getCollectorSites},
		{"GET", "/sites", scopeRead, nil, a.getSites},
		{"POST", "/sites", scopeAdmin, nil, a.postSite},
		{"GET", "/sites/{site}", scopeRead, nil, a.getSite},
		{"PATCH", "/sites/{site}", scopeAdmin, nil, a.patchSite},
		{"DELETE", "/sites/{site}", scopeAdmin, nil, a.deleteSite},
		{"GET", "/sites/{site}/status", scopeRead, nil, a.getStatus},
		{"DELETE", "/sites/{site}/demo", scopeAdmin, nil, a.deleteDemo},
		{"GET", "/sites/{site}/sessions", scopeRead, list, a.getSessions},
		{"GET", "/sites/{site}/sessions/{session}", scopeRead, nil, a.getSession},
		{"GET", "/sites/{site}/sessions/{session}/events", scopeRead, []string{"document", "from", "to"}, a.getEvents},
		{"GET", "/sites/{site}/snapshots/{session}/{document}/{sequence}", scopeRead, nil, a.getSnapshot},
		{"GET", "/sites/{site}/pages", scopeRead, []string{"from", "to", "limit"}, a.getPages},
		{"GET", "/sites/{site}/heatmap", scopeRead, heat, a.getHeatmap},
		{"GET", "/sites/{site}/consents", scopeRead, []string{"from", "to", "limit", "cursor"}, a.getConsents},
		{"GET", "/sites/{site}/consents/{key}", scopeRead, nil, a.getConsent},
		{"GET", "/openapi.yaml", scopeNone, nil, a.getDescription},
	}
}

// newMux puts every route behind its guards, and a problem document in the
// place of the mux's own plain-text refusals.
func (a *API) newMux() *http.ServeMux {
	mux := http.NewServeMux()
	routes := a.routes()
	for _, rt := range routes {
		mux.HandleFunc(rt.pattern(), a.observed(rt.method+" "+prefix+rt.path, a.guarded(rt)))
	}
	mux.HandleFunc(prefix+"/", a.observed("unmatched", func(w http.ResponseWriter, r *http.Request) error {
		if methods := allowedMethods(mux, r); len(methods) > 0 {
			w.Header().Set("Allow", strings.Join(methods, ", "))
			return methodNotAllowed.says("It takes: %s.", strings.Join(methods, ", "))
		}
		return notFound.says("There is no such call; %s/openapi.yaml lists them all.", prefix)
	}))
	return mux
}

// allowedMethods asks the mux which methods an address would take.
func allowedMethods(mux *http.ServeMux, r *http.Request) []string {
	var out []string
	for _, method := range []string{"GET", "POST", "PATCH", "DELETE"} {
		probe := r.Clone(r.Context())
		probe.Method = method
		if _, pattern := mux.Handler(probe); strings.HasPrefix(pattern, method+" ") {
			out = append(out, method)
		}
	}
	slices.Sort(out)
	return out
}

// guarded asks who calls before it looks at anything else of the request.
func (a *API) guarded(rt route) call {
	return func(w http.ResponseWriter, r *http.Request) error {
		r, problem := a.admit(r, rt.scope)
		if problem != nil {
			if problem.Status == http.StatusUnauthorized {
				w.Header().Set("WWW-Authenticate", `Bearer realm="hindsight"`)
			}
			if problem.Status == http.StatusTooManyRequests {
				w.Header().Set("Retry-After", "5")
			}
			return problem
		}
		values, problem := checkQuery(r, rt.query)
		if problem != nil {
			return problem
		}
		return rt.call(w, withQuery(r, values))
	}
}
