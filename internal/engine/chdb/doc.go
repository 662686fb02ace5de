// Package chdb binds the C interface of libchdb, the ClickHouse engine as a
// shared library, without cgo.
//
// What a caller must know about the library:
//
//   - A process holds one engine with one data path. Every connection opened
//     by [Library.Connect] shares it and must be opened with the same options.
//   - A connection runs one statement at a time. Callers that want concurrency
//     keep several; [Conn] does no locking of its own.
//   - The engine stops with its last connection, so a caller keeps one anchor
//     connection open for as long as the engine is to live.
//   - The engine replaces signal handlers that the Go runtime needs. The binding
//     puts them back after every call that is known to do so (see signals.go).
//
// The library is dynamic and needs glibc on Linux even when the Go program was
// built with CGO_ENABLED=0.
package chdb
