package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2"

	"hindsight/internal/native"
)

// errContent marks values that the driver itself cannot encode.
var errContent = errors.New("value does not fit its column")

// insert is one columnar insert; over HTTP and natively it is stored as a whole
// or not at all (one block a partition).
func (s *Store) insert(ctx context.Context, rows tableRows) error {
	if rows.count == 0 {
		return nil
	}
	types, err := s.typesOf(ctx, rows.table, rows.columns)
	if err != nil {
		return err
	}
	names := make([]string, len(types))
	for i := range types {
		names[i] = types[i].Name
	}
	statement := "INSERT INTO " + rows.table + " (" + strings.Join(names, ", ") + ")"
	if s.wholeBlocks() {
		block, err := rows.block(types)
		if err == nil {
			err = s.conn.InsertFormat(ctx, "Native", statement, block)
			_ = block.Close() // never fails
		}
		if !errors.Is(err, native.ErrUnknown) {
			return inserted(rows.table, err)
		}
		// The driver knows more types than we do, and what is wrong with a value.
	}
	return s.insertColumns(ctx, rows, types, statement)
}

// wholeBlocks tells whether the driver takes a block as it is: over HTTP it
// does, and passes it on. By the native protocol, and where it is to compress
// blocks by itself, it wants columns.
func (s *Store) wholeBlocks() bool {
	return s.options.Protocol == clickhouse.HTTP && s.options.Compression == nil
}

// block has the columns in the order of types.
func (r *tableRows) block(types []clickhouse.ColumnNameAndType) (*native.Block, error) {
	columns := make([]native.Column, len(types))
	for i, t := range types {
		columns[i] = native.Column{Name: t.Name, Type: t.Type, Values: r.columns[i].values}
	}
	return native.NewBlock(r.count, columns)
}

// insertColumns has the driver make the block.
func (s *Store) insertColumns(ctx context.Context, rows tableRows, types []clickhouse.ColumnNameAndType, statement string) error {
	ctx = clickhouse.Context(ctx, clickhouse.WithColumnNamesAndTypes(types))
	batch, err := s.conn.PrepareBatch(ctx, statement)
	if err != nil {
		return inserted(rows.table, err)
	}
	defer func() { _ = batch.Close() }()
	for i, c := range rows.columns {
		if err := appendColumn(batch.Column(i), c.values); err != nil {
			// Without the driver's text: it may repeat the value.
			return fmt.Errorf("insert into %s, column %s: %w", rows.table, c.name, errContent)
		}
	}
	return inserted(rows.table, batch.Send())
}

// inserted says which insert failed, if one did.
func inserted(table string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("insert into %s: %w", table, clean(err))
}
