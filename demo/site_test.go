package demo

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"
)

// serveShop serves the shop without a snippet, so that a browser sees the
// pages and nothing else.
func serveShop(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(Handler(HandlerConfig{}))
	t.Cleanup(server.Close)
	return server.URL
}

// runBrowser runs one of browser/*.mjs with input as its standard input and
// reads the JSON that it prints.
func runBrowser(t *testing.T, script string, input, output any) {
	t.Helper()
	if _, err := os.Stat("browser/node_modules/playwright-core"); errors.Is(err, os.ErrNotExist) {
		t.Fatal("the browser tests' packages are missing: run npm ci --prefix demo/browser")
	}
	stdin, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "browser/"+script)
	cmd.Stdin = bytes.NewReader(stdin)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, stderr.String())
	}
	if err := json.Unmarshal(stdout.Bytes(), output); err != nil {
		t.Fatalf("%s: read its answer: %v", script, err)
	}
}
