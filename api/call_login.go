package api

import (
	"net/http"
)

func (a *API) postLogin(w http.ResponseWriter, r *http.Request) error {
	// No cookie is asked for, but a page of another site must not be able to log
	// its visitor in as somebody else. Programs send neither header.
	if r.Header.Get("Origin") != "" || r.Header.Get("Sec-Fetch-Site") != "" {
		if problem := a.checkSameSite(r); problem != nil {
			return problem
		}
	}
	var body struct {
		Token string `json:"token"`
	}
	if err := readBody(r, &body); err != nil {
		return err
	}
	if !a.logins.redeem(body.Token) {
		problem := a.refuseAttempt(r, invalidLogin.says("Make a new one by `hindsight user login-link`."))
		if problem.Status == http.StatusTooManyRequests {
			w.Header().Set("Retry-After", "5")
		}
		return problem
	}
	http.SetCookie(w, a.cookies.issue(a.cfg.Now()))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (a *API) postLogout(w http.ResponseWriter, _ *http.Request) error {
	http.SetCookie(w, a.cookies.clear())
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (a *API) postLoginLink(w http.ResponseWriter, _ *http.Request) error {
	url, expires := a.newLogin()
	return respond(w, http.StatusCreated, struct {
		URL       string `json:"url"`
		ExpiresAt stamp  `json:"expires_at"`
	}{url, stamp(expires)})
}

func (a *API) getMe(w http.ResponseWriter, r *http.Request) error {
	who := callerOf(r)
	answer := struct {
		Kind      string `json:"kind"`
		Scope     scope  `json:"scope"`
		ExpiresAt *stamp `json:"expires_at,omitempty"`
	}{Kind: who.Kind, Scope: who.Scope}
	if !who.Expires.IsZero() {
		answer.ExpiresAt = (*stamp)(&who.Expires)
	}
	return respond(w, http.StatusOK, answer)
}
