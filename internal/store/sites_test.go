package store_test

import (
	"context"
	"crypto/sha256"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hindsight/internal/site"
	"hindsight/internal/store"
	"hindsight/internal/store/storetest"
)

func TestSitesKeepTheirNewestVersion(t *testing.T) {
	s := storetest.Open(t)
	ctx := context.Background()
	first := store.SiteRecord{Site: site.New(`A "shop" \ with	odd letters ü`, "https://shop.example", "https://*.shop.example"), CreatedAt: readNow}
	second := store.SiteRecord{Site: site.New("Second", "https://second.example"), CreatedAt: readNow.Add(time.Second)}
	for _, r := range []store.SiteRecord{first, second} {
		if err := s.PutSite(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	first.SampleRate, first.Closed, first.Consent = 0.25, true, site.ModeNone
	first.Retention = site.Retention{RecordingsDays: 3, DataDays: 4}
	second.Deleted = true
	for _, r := range []store.SiteRecord{first, second} {
		if err := s.PutSite(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.Sites(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]store.SiteRecord{first, second}, got); d != "" {
		t.Error(d)
	}
}

func TestTokensRevoked(t *testing.T) {
	s := storetest.Open(t)
	ctx := context.Background()
	// A hash whose bytes are hard on anything that treats it as text.
	token := store.Token{ID: "a", Hash: sha256.Sum256([]byte("secret")), Name: "ci\t'x'", Scope: "read", CreatedAt: readNow}
	token.Hash[0], token.Hash[31] = 0, '\\'
	other := store.Token{ID: "b", Hash: sha256.Sum256([]byte("other")), Name: "b", Scope: "admin", CreatedAt: readNow.Add(time.Second)}
	for _, x := range []store.Token{token, other} {
		if err := s.PutToken(ctx, x); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.Tokens(ctx)
	if d := cmp.Diff([]store.Token{token, other}, got); d != "" || err != nil {
		t.Fatal(d, err)
	}
	other.Revoked = true
	if err := s.PutToken(ctx, other); err != nil {
		t.Fatal(err)
	}
	got, err = s.Tokens(ctx)
	if d := cmp.Diff([]store.Token{token}, got); d != "" || err != nil {
		t.Error(d, err)
	}
}
