// Package api serves what was stored: sites, sessions, replays, pages and
// heatmaps, over the HTTP calls that openapi.yaml describes. It reads the store
// and nothing else; it knows neither the log nor the collector.
//
// The way of a request: routes.go names every call with its scope and its
// parameters; serve.go counts it, logs it and turns errors into problem
// documents; auth.go decides who asks; the handler reads through the interfaces
// of stores.go, always by a store.Visible of the site, and writes the shapes of
// view_*.go.
package api
