package processor_test

import (
	"testing"

	"hindsight/internal/engine/enginetest"
)

// TestMain lets the test binary be the engine's child process.
func TestMain(m *testing.M) { enginetest.Main(m) }
