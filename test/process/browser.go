package process

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// BrowserStep runs a step of test/e2e/browser in Node, which drives a browser: $CHROME, else the chromium on PATH. The
// step gets task, with the browser's path added to it, and what it answers is decoded into answer. For tests two
// directories below the root.
func BrowserStep(ctx context.Context, script string, task map[string]any, answer any) error {
	chrome := os.Getenv("CHROME")
	if chrome == "" {
		path, err := exec.LookPath("chromium")
		if err != nil {
			return errors.New("these tests need a browser: install Chromium, or set CHROME to its path")
		}
		chrome = path
	}
	task["chrome"] = chrome
	in, err := json.Marshal(task)
	if err != nil {
		return fmt.Errorf("task of %s: %w", script, err)
	}
	cmd := exec.CommandContext(ctx, "node", filepath.Join("browser", script))
	cmd.Dir = filepath.Join("..", "e2e") // where the browser's driver is installed
	cmd.Stdin = bytes.NewReader(in)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w\n%s", script, err, Tail(stderr.String(), 4000))
	}
	if err := json.Unmarshal(stdout.Bytes(), answer); err != nil {
		return fmt.Errorf("%s answered %q: %w", script, Tail(stdout.String(), 1000), err)
	}
	return nil
}
