package store

import "sync"

// columnTypes remembers the types of a table's columns, so that an insert over
// HTTP need not ask for them each time.
type columnTypes struct {
	mu     sync.Mutex
	tables map[string]map[string]string
}
