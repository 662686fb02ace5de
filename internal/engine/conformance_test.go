package engine_test

import (
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"

	"hindsight/internal/engine/conformance"
	"hindsight/internal/engine/enginetest"
)

func TestConformance(t *testing.T) {
	s := enginetest.Start(t)
	conformance.Run(t, conformance.Target{
		Options:  func() *clickhouse.Options { return enginetest.Options(s.Socket()) },
		Database: "conformance",
	})
}
