package engine_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"hindsight/internal/engine/enginetest"
)

func TestSmoke(t *testing.T) {
	s := enginetest.Start(t)
	conn := enginetest.Open(t, enginetest.Options(s.Socket()))
	var v string
	if err := conn.QueryRow(context.Background(), "SELECT version()").Scan(&v); err != nil {
		t.Fatal(err)
	}
	fmt.Println(v)
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.PID()))
	for _, l := range strings.Split(string(b), "\n") {
		if strings.HasPrefix(l, "VmRSS") || strings.HasPrefix(l, "Rss") || strings.HasPrefix(l, "Threads") {
			fmt.Println(l)
		}
	}
}
