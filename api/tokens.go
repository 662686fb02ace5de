package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"strings"
	"sync"

	"hindsight/internal/store"
)

// TokenStore keeps API tokens.
type TokenStore interface {
	Tokens(ctx context.Context) ([]store.Token, error)
	PutToken(ctx context.Context, t store.Token) error
}

// tokens knows the tokens that count: those of the store, read anew every few
// seconds, and the bootstrap tokens, which are nowhere but here.
type tokens struct {
	store     TokenStore
	bootstrap []bootstrapToken

	refreshing sync.Mutex // one reading at a time, so that an older one never lands last
	mu         sync.RWMutex
	byID       map[string]store.Token
}

// tokenPrefix makes a token recognisable to people and to secret scanners.
const tokenPrefix = "hst_"

type bootstrapToken struct {
	hash  [sha256.Size]byte
	scope scope
}

func newTokens(ts TokenStore, cfg Config) *tokens {
	t := &tokens{store: ts, byID: map[string]store.Token{}}
	add := func(s scope, secrets ...string) {
		for _, secret := range secrets {
			if secret != "" {
				t.bootstrap = append(t.bootstrap, bootstrapToken{sha256.Sum256([]byte(secret)), s})
			}
		}
	}
	add(scopeAdmin, cfg.AdminToken, cfg.LocalToken)
	add(scopeCollector, cfg.CollectorToken)
	return t
}

// newSecret is `hst_ID_SECRET`: the id finds the stored hash without a search.
func newSecret() (id, secret string) {
	id = strings.ToLower(rand.Text()[:16])
	return id, tokenPrefix + id + "_" + rand.Text()
}

func (t *tokens) refresh(ctx context.Context) error {
	t.refreshing.Lock()
	defer t.refreshing.Unlock()
	all, err := t.store.Tokens(ctx)
	if err != nil {
		return fmt.Errorf("read tokens: %w", err)
	}
	byID := make(map[string]store.Token, len(all))
	for _, token := range all {
		byID[token.ID] = token
	}
	t.mu.Lock()
	t.byID = byID
	t.mu.Unlock()
	return nil
}

// find returns the scope of a secret. Hashes are compared in constant time.
func (t *tokens) find(secret string) (scope, bool) {
	hash := sha256.Sum256([]byte(secret))
	for _, b := range t.bootstrap {
		if subtle.ConstantTimeCompare(hash[:], b.hash[:]) == 1 {
			return b.scope, true
		}
	}
	id, _, _ := strings.Cut(strings.TrimPrefix(secret, tokenPrefix), "_")
	t.mu.RLock()
	known, ok := t.byID[id]
	t.mu.RUnlock()
	if !ok || subtle.ConstantTimeCompare(hash[:], known.Hash[:]) != 1 {
		return "", false
	}
	return scope(known.Scope), true
}

// get returns a token as last read.
func (t *tokens) get(id string) (store.Token, bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	token, ok := t.byID[id]
	return token, ok
}

// put stores a token and lets it count, or no longer count, at once.
func (t *tokens) put(ctx context.Context, token store.Token) error {
	if err := t.store.PutToken(ctx, token); err != nil {
		return fmt.Errorf("store token: %w", err)
	}
	return t.refresh(ctx)
}
