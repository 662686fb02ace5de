package api

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// caller is who asks.
type caller struct {
	Kind    string // token, cookie
	Scope   scope
	Expires time.Time // of a cookie
}

type contextKey int

const (
	callerKey contextKey = iota
	queryKey
)

func callerOf(r *http.Request) caller {
	c, _ := r.Context().Value(callerKey).(caller)
	return c
}

func withQuery(r *http.Request, values url.Values) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), queryKey, values))
}

func queryOf(r *http.Request) *params {
	values, _ := r.Context().Value(queryKey).(url.Values)
	return &params{values: values}
}

// admit finds out who calls and whether they may. A bearer token wins over a
// cookie; a wrong token is refused even beside a good cookie.
func (a *API) admit(r *http.Request, need scope) (*http.Request, *Problem) {
	if need == scopeNone {
		return r, nil
	}
	who, problem := a.identify(r)
	if problem != nil {
		return r, problem
	}
	if !who.Scope.allows(need) {
		return r, forbidden.says("This needs the scope %s; the token has %s.", need, who.Scope)
	}
	return r.WithContext(context.WithValue(r.Context(), callerKey, who)), nil
}

func (s scope) allows(need scope) bool {
	return need == scopeAny || s == scopeAdmin || s == need
}

func (a *API) identify(r *http.Request) (caller, *Problem) {
	if header := r.Header.Get("Authorization"); header != "" {
		secret, ok := cutBearer(header)
		if !ok {
			return caller{}, a.refuseAttempt(r, unauthenticated.says("Send Authorization: Bearer TOKEN."))
		}
		sc, ok := a.tokens.find(secret)
		if !ok {
			return caller{}, a.refuseAttempt(r, unauthenticated.says("The token is not known here, or revoked."))
		}
		return caller{Kind: "token", Scope: sc}, nil
	}
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return caller{}, unauthenticated.says("Send Authorization: Bearer TOKEN, or log in.")
	}
	expires, ok := a.cookies.verify(cookie.Value, a.cfg.Now())
	if !ok {
		return caller{}, a.refuseAttempt(r, unauthenticated.says("The login has ended; make a new one by `hindsight user login-link`."))
	}
	if problem := a.checkSameSite(r); problem != nil {
		return caller{}, problem
	}
	return caller{Kind: "cookie", Scope: scopeAdmin, Expires: expires}, nil
}

func cutBearer(header string) (string, bool) {
	kind, secret, ok := strings.Cut(header, " ")
	return strings.TrimSpace(secret), ok && strings.EqualFold(kind, "Bearer")
}

// refuseAttempt answers a failed attempt: as it is, or, when one address fails
// too often, with 429. Who has the right secret is never held up by who has
// not: behind a proxy both may come from one address.
func (a *API) refuseAttempt(r *http.Request, problem *Problem) *Problem {
	if a.attempts.allow(r.RemoteAddr) {
		return problem
	}
	return tooManyAttempts.says("Wait some seconds.")
}

// checkSameSite refuses to change anything by a cookie for a page of another
// origin. Browsers send Origin with every such request, and Sec-Fetch-Site
// where the page was fetched securely; one of them must be there.
func (a *API) checkSameSite(r *http.Request) *Problem {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return nil
	}
	site, origin := r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Origin")
	switch {
	case site == "" && origin == "":
		return crossSite.says("A request by cookie that changes something must carry Origin or Sec-Fetch-Site.")
	case site != "" && site != "same-origin", origin != "" && !a.ownOrigin(r, origin):
		return crossSite.says("A request by cookie that changes something must come from the dashboard itself.")
	}
	return nil
}

// ownOrigin also takes the host that the request was sent to: a browser reached
// us there, and the cookie belongs to that host.
func (a *API) ownOrigin(r *http.Request, origin string) bool {
	if strings.EqualFold(origin, a.cfg.PublicURL) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}
