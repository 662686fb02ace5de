package chdb

// Loading the engine and opening a connection set the handlers of SIGSEGV,
// SIGBUS, SIGFPE and a few more to their defaults, even after the library was
// told to install none. The Go runtime needs its own: without them a nil
// dereference, or any fault, ends the process without a word. So the handlers
// are read before the library is loaded and put back after such calls.
//
// Between the two there is a moment without Go's handlers. It cannot be closed
// from outside; the facade keeps it rare by opening its connections at the
// start and never again.

// lastStandardSignal bounds what is restored: real-time signals stay with the
// engine, which uses SIGRTMIN for system.stack_trace.
const lastStandardSignal = 31
