package engine_test

import (
	"testing"

	"hindsight/internal/engine/enginetest"
)

func TestMain(m *testing.M) { enginetest.Main(m) }
