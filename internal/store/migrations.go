package store

import (
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migration is one numbered step of the schema: a file NNNN_name.sql. Steps only
// go forward, and every statement in them does nothing when it is run again
// (IF NOT EXISTS, IF EXISTS), because ClickHouse has no transaction around DDL:
// a step that was interrupted is run again from its beginning.
type migration struct {
	number     uint32
	name       string
	statements []string
}

// loadMigrations reads the steps in order and refuses gaps: a missing number
// means a file was lost or two changes were merged badly.
func loadMigrations(files fs.FS) ([]migration, error) {
	entries, err := fs.ReadDir(files, "migrations")
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	steps := make([]migration, 0, len(entries))
	for _, entry := range entries { // ReadDir sorts by name
		raw, err := fs.ReadFile(files, "migrations/"+entry.Name())
		if err != nil {
			return nil, fmt.Errorf("read migrations: %w", err)
		}
		number, name, ok := strings.Cut(strings.TrimSuffix(entry.Name(), ".sql"), "_")
		n, err := strconv.ParseUint(number, 10, 32)
		if !ok || err != nil || int(n) != len(steps)+1 {
			return nil, fmt.Errorf("migration %s: expected number %04d", entry.Name(), len(steps)+1)
		}
		steps = append(steps, migration{number: uint32(n), name: name, statements: splitStatements(string(raw))})
	}
	return steps, nil
}

// splitStatements cuts a file at semicolons that end a line and drops comments.
// Migrations hold no string literal with `--` in it, nor one that ends a line
// with a semicolon.
func splitStatements(text string) []string {
	var out []string
	var current strings.Builder
	for line := range strings.Lines(text) {
		code, _, _ := strings.Cut(line, "--")
		code = strings.TrimRight(code, " \t\r\n")
		if code == "" {
			continue
		}
		body, ends := strings.CutSuffix(code, ";")
		current.WriteString(body)
		current.WriteByte('\n')
		if ends {
			out = append(out, current.String())
			current.Reset()
		}
	}
	if strings.TrimSpace(current.String()) != "" {
		out = append(out, current.String())
	}
	return out
}
