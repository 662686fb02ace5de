// Package engine runs the embedded ClickHouse: the real engine, loaded as a
// library by a child process of the same binary, which serves ClickHouse's HTTP
// interface on a private unix socket. An abort or a full memory in the engine
// then ends the child and not the product.
//
// The parent's side is [Supervisor]; the child's is [RunChild], the body of a
// hidden subcommand. Between them stand two pipes. The parent writes one line
// of JSON, the [childSpec], into the first and then keeps it open: its end means
// to stop, so a child without a parent stops by itself (on Linux the kernel
// also kills it). The child writes one line of JSON, the [report], into the
// second, when it is ready or cannot be.
//
// Clients use clickhouse-go/v2 with Protocol HTTP and [Dialer] as DialContext.
//
// Layout of the data directory:
//
//	engine.lock      held (flock) by the child for as long as it lives
//	clickhouse/      the engine's own files
//	config/          generated at every start
//	run/engine.sock  the socket, or
//	run/engine.path  its path, where the directory is too deep for a socket
package engine
