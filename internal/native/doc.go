// Package native writes blocks in ClickHouse's format Native, as an insert over
// HTTP takes them, piece by piece while they are read. The driver makes such
// blocks as well, but puts each value into a column of its own first, many of
// them boxed, and copies that column into the block: of an insert's cost before
// it is sent that was three quarters.
//
// It knows the types that the product's tables have, and says so of any other.
//
// The format: https://clickhouse.com/docs/interfaces/formats/Native, and
// src/DataTypes/Serializations of ClickHouse.
package native
