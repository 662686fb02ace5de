// Package store keeps what visits consist of in ClickHouse: the raw rows of
// every batch, and the figures derived from them.
//
// Storing the same thing again changes nothing: each raw row carries its
// identity (site, session, document, sequence, index of the signal) at the end
// of its table's sorting key, and the tables replace rows of equal identity.
// Derived rows are computed from raw rows alone, for the keys that marks name,
// and carry a version that says how much was read, so that an older result
// never wins over a newer one.
//
// One code path serves the embedded engine on a unix socket and a ClickHouse
// server: what differs is the address. Queries stand one per file in queries/,
// take server-side parameters only, and read through the conditions of
// visible.go. Row types hold no network address: there is no field for one.
package store
