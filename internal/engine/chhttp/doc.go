// Package chhttp serves ClickHouse's HTTP interface on top of the embedded
// engine: what clickhouse-go/v2 needs of it, and what a person with curl expects.
//
// A request takes a connection from a fixed pool, brings it to the request's
// database and settings, and runs one statement. A SELECT is streamed, an INSERT
// takes its data from the body as it comes, everything else is run at once. When
// the client goes away the statement is killed.
//
// What differs from a server: there are no users (whoever can open the socket is
// the user), no sessions (SET, USE and temporary tables are refused), no
// external tables, no progress headers; and what package sqltext refuses.
package chhttp
