package chdb

import (
	"errors"
	"runtime"
	"unsafe"
)

// Class is what a statement would do, by the engine's own parser.
type Class uint32

// Classes in the library's numbering. An unknown text is one that does not
// parse: treat it as refused where the class decides about permission.
const (
	ReadOnly       Class = 0 // SELECT, SHOW, DESCRIBE, EXPLAIN
	Mutating       Class = 1 // INSERT, CREATE, ALTER, DROP inside databases
	MutatingGlobal Class = 2 // functions, named collections, users
	Control        Class = 3 // USE, SET, SYSTEM, BACKUP, writes to the outside
	Unknown        Class = 4
)

// Analysis is what Classify found.
type Analysis struct {
	Class      Class
	Statements uint32 // 0 when the text does not parse
}

// analysisV1 is the C structure chdb_query_analysis_v1.
type analysisV1 struct{ size, statements, flags, class uint32 }

// Classify parses sql and says what it would do. Nothing runs.
func (c *Conn) Classify(sql string) (Analysis, error) {
	a := &analysisV1{size: uint32(unsafe.Sizeof(analysisV1{}))}
	failed := c.lib.api.classify(c.handle, str(sql), uintptr(len(sql)), nil, 0, unsafe.Pointer(a))
	runtime.KeepAlive(sql)
	if failed != 0 {
		return Analysis{Class: Unknown}, errors.New("classify the statement: the engine refused the call")
	}
	return Analysis{Class: Class(a.class), Statements: a.statements}, nil
}
