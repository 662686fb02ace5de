package api

import (
	"crypto/sha256"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"hindsight/internal/store"
)

type tokenView struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Scope     string `json:"scope"`
	CreatedAt stamp  `json:"created_at"`
	Secret    string `json:"secret,omitempty"` // only when it is made
}

func viewToken(t store.Token) tokenView {
	return tokenView{ID: t.ID, Name: t.Name, Scope: t.Scope, CreatedAt: stamp(t.CreatedAt)}
}

// getTokens lists what the store holds; the bootstrap token is not there.
func (a *API) getTokens(w http.ResponseWriter, r *http.Request) error {
	all, err := a.store.Tokens(r.Context())
	if err != nil {
		return err
	}
	views := make([]tokenView, len(all))
	for i, t := range all {
		views[i] = viewToken(t)
	}
	return respond(w, http.StatusOK, map[string]any{"tokens": views})
}

const maxTokenName = 200

func (a *API) postToken(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Name  string `json:"name"`
		Scope string `json:"scope"`
	}
	if err := readBody(r, &body); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(body.Name); strings.TrimSpace(body.Name) == "" || n > maxTokenName {
		return invalidParameter.says("name must be a text of 1 to %d characters.", maxTokenName).about("name")
	}
	scopes := []string{string(scopeAdmin), string(scopeRead), string(scopeCollector)}
	if !slices.Contains(scopes, body.Scope) {
		return invalidParameter.says("scope must be one of: %s.", strings.Join(scopes, ", ")).about("scope")
	}
	id, secret := newSecret()
	token := store.Token{
		ID: id, Hash: sha256.Sum256([]byte(secret)), Name: body.Name, Scope: body.Scope, CreatedAt: a.cfg.Now().UTC(),
	}
	if err := a.tokens.put(r.Context(), token); err != nil {
		return err
	}
	view := viewToken(token)
	view.Secret = secret
	return respond(w, http.StatusCreated, view)
}

func (a *API) deleteToken(w http.ResponseWriter, r *http.Request) error {
	if err := a.tokens.refresh(r.Context()); err != nil {
		return err
	}
	token, ok := a.tokens.get(r.PathValue("token"))
	if !ok {
		return notFound.says("There is no token of this id.")
	}
	token.Revoked = true
	if err := a.tokens.put(r.Context(), token); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
