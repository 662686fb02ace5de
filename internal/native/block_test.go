package native

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	chproto "github.com/ClickHouse/ch-go/proto"
	"github.com/ClickHouse/clickhouse-go/v2/lib/column"
	"github.com/ClickHouse/clickhouse-go/v2/lib/proto"
)

// read has the driver read a block.
func read(t *testing.T, block []byte) *proto.Block {
	t.Helper()
	in := bytes.NewReader(block)
	out := proto.Block{ServerContext: &column.ServerContext{Timezone: time.UTC}}
	if err := out.Decode(chproto.NewReader(in), 0); err != nil {
		t.Fatal(err)
	}
	if in.Len() > 0 {
		t.Errorf("%d bytes behind the block", in.Len())
	}
	return &out
}

func repeat[T any](rows int, of func(i int) T) Source[T] {
	return Source[T]{Rows: rows, Fill: func(from int, into []T) {
		for i := range into {
			into[i] = of(from + i)
		}
	}}
}

func list[T any](values ...T) Source[T] {
	return repeat(len(values), func(i int) T { return values[i] })
}

// written is a whole block.
func written(t *testing.T, rows int, columns []Column) []byte {
	t.Helper()
	block, err := NewBlock(rows, columns)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(block)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// everyType has a column of each type, of so many different texts.
func everyType(rows, words int) []Column {
	day := time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC)
	return []Column{
		{"i8", "Int8", repeat(rows, func(i int) int8 { return int8(i) })},
		{"enum", "Enum8('zstd' = 1, 'de, fl' = -2)", repeat(rows, func(i int) int8 { return []int8{1, -2}[i%2] })},
		{"u8", "UInt8", repeat(rows, func(i int) uint8 { return uint8(i) })},
		{"u16", "UInt16", repeat(rows, func(i int) uint16 { return uint16(i * 77) })},
		{"i32", "Int32", repeat(rows, func(i int) int32 { return int32(-i) })},
		{"u32", "UInt32", repeat(rows, func(i int) uint32 { return 1<<32 - 1 - uint32(i) })},
		{"i64", "Int64", repeat(rows, func(i int) int64 { return -1 << 62 / int64(i+1) })},
		{"u64", "UInt64", repeat(rows, func(i int) uint64 { return 1<<64 - 1 - uint64(i) })},
		{"f32", "Float32", repeat(rows, func(i int) float32 { return float32(i) / 3 })},
		{"f64", "Float64", repeat(rows, func(i int) float64 { return -float64(i) / 3 })},
		{"text", "String", repeat(rows, func(i int) string { return strings.Repeat("ü\x00", i%200) })},
		{"bytes", "String", repeat(rows, func(i int) []byte { return bytes.Repeat([]byte{0xff}, i%300) })},
		{"word", "LowCardinality(String)", repeat(rows, func(i int) string { return fmt.Sprint("word ", i/2%words) })},
		{"none", "LowCardinality(String)", repeat(rows, func(int) string { return "" })},
		{"id", "FixedString(16)", repeat(rows, func(i int) [16]byte { return [16]byte{byte(i), 15: 7} })},
		{"hash", "FixedString(32)", repeat(rows, func(i int) [32]byte { return [32]byte{byte(i), 31: 7} })},
		{"day", "Date", repeat(rows, func(i int) Day { return Day(20_532 + i%30) })},
		{"at", "DateTime64(3, 'UTC')", repeat(rows, func(i int) int64 { return day.UnixMilli() + int64(i) })},
		{"list", "Array(Int32)", repeat(rows, func(i int) []int32 { return []int32{int32(i), -1, 7}[:i%4%3] })},
		{"counts", "Array(UInt32)", repeat(rows, func(i int) []uint32 { return make([]uint32, i%3) })},
		{"nodes", "Array(Int64)", repeat(rows, func(i int) []int64 { return []int64{int64(i)} })},
	}
}

// TestTheDriverReadsBlocks, with dictionaries whose keys take one, two and four bytes.
func TestTheDriverReadsBlocks(t *testing.T) {
	for _, words := range []int{1, 200, 255, 256, 40_000, 1<<16 - 1, 1 << 16} {
		rows := 2*words + 3
		columns := everyType(rows, words)
		got := read(t, written(t, rows, columns))
		if got.Rows() != rows || len(got.Columns) != len(columns) {
			t.Fatalf("%d rows, %d columns", got.Rows(), len(got.Columns))
		}
		for c, want := range columns {
			col, all := got.Columns[c], reflect.ValueOf(want.Values.(interface{ All() any }).All())
			if col.Name() != want.Name || string(col.Type()) != want.Type {
				t.Errorf("column %s is %s, %s", want.Name, col.Name(), col.Type())
			}
			for row := 0; row < rows; row += 1 + rows/500 {
				if g, w := col.Row(row, false), asRead(want, all.Index(row).Interface()); !reflect.DeepEqual(g, w) {
					t.Fatalf("%d words, %s, row %d: %#v, want %#v", words, want.Name, row, g, w)
				}
			}
		}
	}
}

// TestNumbersByEncodingBinary: copied as memory has them, numbers are what encoding/binary makes of them.
func TestNumbersByEncodingBinary(t *testing.T) {
	if !lowestFirst {
		t.Skip("memory has the highest byte first: nothing is copied")
	}
	const rows = 700
	copied := written(t, rows, everyType(rows, 5))
	lowestFirst = false
	defer func() { lowestFirst = true }()
	if !bytes.Equal(copied, written(t, rows, everyType(rows, 5))) {
		t.Error("the blocks differ")
	}
}

// asRead is a value as the driver gives it.
func asRead(c Column, v any) any {
	switch v := v.(type) {
	case []byte:
		return string(v)
	case [16]byte:
		return string(v[:])
	case [32]byte:
		return string(v[:])
	case Day:
		return v.Time()
	case int8:
		if strings.HasPrefix(c.Type, "Enum8") {
			return map[int8]string{1: "zstd", -2: "de, fl"}[v]
		}
	case int64:
		if strings.HasPrefix(c.Type, "DateTime64") {
			return time.UnixMilli(v).UTC()
		}
	}
	return v
}

func TestUnknown(t *testing.T) {
	for _, c := range []Column{
		{"another type", "UInt64", list[uint32](1)},
		{"nothing of ours", "Nullable(String)", list("a")},
		{"values of no kind", "String", list(1)},
		{"no source", "String", []string{"a"}},
		{"another precision", "DateTime64(6, 'UTC')", list[int64](1)},
		{"too short", "FixedString(32)", list([16]byte{})},
		{"too long", "FixedString(16)", list([32]byte{})},
		{"of no fixed length", "FixedString(16)", list(make([]byte, 16))},
		{"no such member", "Enum8('a' = 1)", list[int8](2)},
		{"no members", "Enum8(a)", list[int8](1)},
		{"too few rows", "UInt8", list[uint8]()},
		{"too many rows", "UInt8", list[uint8](1, 2)},
	} {
		if block, err := NewBlock(1, []Column{c}); !errors.Is(err, ErrUnknown) || block != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
	}
}

// TestRoom: however large a block is, little of it lies in memory at a time; and
// it is the same however it is read.
func TestRoom(t *testing.T) {
	const rows = 50_000
	columns := everyType(rows, 300)
	columns = append(columns, Column{"payload", "String", repeat(rows, func(i int) []byte { return bytes.Repeat([]byte{byte(i)}, i%3000) })})
	whole := written(t, rows, columns)
	block, err := NewBlock(rows, columns)
	if err != nil {
		t.Fatal(err)
	}
	room := make([]byte, 100_000)
	for at := 0; at < len(whole); {
		n, err := block.Read(room[:1+at%len(room)])
		if err != nil && !errors.Is(err, io.EOF) || !bytes.Equal(whole[at:at+n], room[:n]) {
			t.Fatalf("byte %d: %v", at, err)
		}
		at += n
		if cap(block.piece) > 4*pieceBytes {
			t.Fatalf("%d bytes in memory of a block of %d", cap(block.piece), len(whole))
		}
	}
	if n, err := block.Read(room); n > 0 || !errors.Is(err, io.EOF) {
		t.Errorf("%d bytes behind the end, %v", n, err)
	}
}

// TestClosed: when a block is closed nobody looks at its values any more.
func TestClosed(t *testing.T) {
	closed := false
	block, err := NewBlock(100_000, []Column{{"n", "Int64", repeat(100_000, func(i int) int64 {
		if closed {
			t.Error("looked at a value of a block that is closed")
		}
		return int64(i)
	})}})
	if err != nil {
		t.Fatal(err)
	}
	room := make([]byte, 1000)
	for range 50 {
		if _, err := io.ReadFull(block, room); err != nil {
			t.Fatal(err)
		}
	}
	if err := block.Close(); err != nil {
		t.Fatal(err)
	}
	closed = true
	if n, err := block.Read(make([]byte, 1<<20)); n > 0 || err == nil || errors.Is(err, io.EOF) {
		t.Errorf("%d bytes of a closed block, %v", n, err)
	}
}
