package chdb

import (
	"errors"
	"fmt"
	"time"
	"unsafe"

	"github.com/ebitengine/purego"
)

// Library is a loaded libchdb. Load it once per process: a second engine in
// the same process is not supported by the library.
type Library struct {
	api     api
	signals *signalTable
}

// api holds the C functions. Handles are opaque pointers that C owns; sizes
// are size_t.
type api struct {
	connect        func(argc int32, argv unsafe.Pointer) unsafe.Pointer
	closeConn      func(conn unsafe.Pointer)
	query          func(conn, q unsafe.Pointer, qn uintptr, f unsafe.Pointer, fn uintptr) unsafe.Pointer
	queryParams    func(conn, q unsafe.Pointer, qn uintptr, f unsafe.Pointer, fn uintptr, names, nameLens, values, valueLens unsafe.Pointer, n uintptr) unsafe.Pointer
	stream         func(conn, q unsafe.Pointer, qn uintptr, f unsafe.Pointer, fn uintptr) unsafe.Pointer
	streamParams   func(conn, q unsafe.Pointer, qn uintptr, f unsafe.Pointer, fn uintptr, names, nameLens, values, valueLens unsafe.Pointer, n uintptr) unsafe.Pointer
	streamFetch    func(conn, stream unsafe.Pointer) unsafe.Pointer
	streamCancel   func(conn, stream unsafe.Pointer)
	destroyResult  func(result unsafe.Pointer)
	insert         func(conn, q unsafe.Pointer, qn uintptr, f unsafe.Pointer, fn uintptr) unsafe.Pointer
	insertParams   func(conn, q unsafe.Pointer, qn uintptr, f unsafe.Pointer, fn uintptr, names, nameLens, values, valueLens unsafe.Pointer, n uintptr) unsafe.Pointer
	insertAppend   func(insert, data unsafe.Pointer, n uintptr) int32
	insertDone     func(insert unsafe.Pointer) unsafe.Pointer
	insertCancel   func(insert unsafe.Pointer)
	insertError    func(insert unsafe.Pointer) string
	insertDestroy  func(insert unsafe.Pointer)
	resultBuffer   func(result unsafe.Pointer) unsafe.Pointer
	resultLength   func(result unsafe.Pointer) uintptr
	resultError    func(result unsafe.Pointer) string
	resultRows     func(result unsafe.Pointer) uint64
	readRows       func(result unsafe.Pointer) uint64
	readBytes      func(result unsafe.Pointer) uint64
	writtenRows    func(result unsafe.Pointer) uint64
	writtenBytes   func(result unsafe.Pointer) uint64
	signalHandlers func(enabled int32)
	shutdown       func() int32
	version        func() string
	classify       func(conn, q unsafe.Pointer, qn uintptr, db unsafe.Pointer, dbn uintptr, out unsafe.Pointer) int32
}

// symbols names the C functions that Load needs, each with where it goes.
func (a *api) symbols() map[string]any {
	return map[string]any{
		"chdb_connect":                     &a.connect,
		"chdb_close_conn":                  &a.closeConn,
		"chdb_query_n":                     &a.query,
		"chdb_query_with_params_n":         &a.queryParams,
		"chdb_stream_query_n":              &a.stream,
		"chdb_stream_query_with_params_n":  &a.streamParams,
		"chdb_stream_fetch_result":         &a.streamFetch,
		"chdb_stream_cancel_query":         &a.streamCancel,
		"chdb_destroy_query_result":        &a.destroyResult,
		"chdb_stream_insert_n":             &a.insert,
		"chdb_stream_insert_with_params_n": &a.insertParams,
		"chdb_stream_append":               &a.insertAppend,
		"chdb_stream_done":                 &a.insertDone,
		"chdb_stream_cancel_insert":        &a.insertCancel,
		"chdb_stream_insert_error":         &a.insertError,
		"chdb_destroy_insert_stream":       &a.insertDestroy,
		"chdb_result_buffer":               &a.resultBuffer,
		"chdb_result_length":               &a.resultLength,
		"chdb_result_error":                &a.resultError,
		"chdb_result_rows_read":            &a.resultRows,
		"chdb_result_storage_rows_read":    &a.readRows,
		"chdb_result_storage_bytes_read":   &a.readBytes,
		"chdb_result_rows_written":         &a.writtenRows,
		"chdb_result_bytes_written":        &a.writtenBytes,
		"chdb_set_signal_handlers_enabled": &a.signalHandlers,
		"chdb_shutdown":                    &a.shutdown,
		"chdb_version":                     &a.version,
		"chdb_classify_query_n":            &a.classify,
	}
}

// Load maps the library at path into the process and tells it to leave signals
// alone. It fails when the file cannot be loaded or lacks a needed function.
func Load(path string) (*Library, error) {
	l := &Library{signals: readSignals()}
	handle, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, fmt.Errorf("load engine library: %w", err)
	}
	for name, target := range l.api.symbols() {
		address, err := purego.Dlsym(handle, name)
		if err != nil {
			return nil, fmt.Errorf("engine library lacks %s: %w", name, err)
		}
		purego.RegisterFunc(target, address)
	}
	// Must come before the first connection. The call itself sets the handlers
	// of SIGSEGV and others to their defaults, hence the restore.
	l.api.signalHandlers(0)
	l.signals.restore()
	return l, nil
}

// Version is the release of libchdb, not of ClickHouse; ask version() for that.
func (l *Library) Version() string { return l.api.version() }

// shutdownPatience is how long Shutdown goes on asking: under load the engine was
// seen to count a connection for a moment after its close had returned.
const shutdownPatience = 100 * time.Millisecond

// Shutdown ends the engine's threads. All connections must be closed and all
// results released first; otherwise it does nothing and returns an error.
func (l *Library) Shutdown() error {
	for end := time.Now().Add(shutdownPatience); l.api.shutdown() != 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			return errors.New("shut the engine down: connections are still open")
		}
	}
	return nil
}
