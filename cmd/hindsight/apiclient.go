package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// apiClient talks to a running API for the commands that change things.
type apiClient struct {
	base, token string
	http        *http.Client
}

// addAPIFlags gives a command the flags that say where the API is.
func addAPIFlags(cmd *cobra.Command) {
	cmd.Flags().String("api", "", "address of the API, for example https://replay.example.com (default: what runs on --data)")
	cmd.Flags().String("token", "", "API token of scope admin (default: what runs on --data)")
	cmd.Flags().String("data", "./data", "data `DIR` of a hindsight that runs on this machine")
}

// newAPIClient takes address and token from a command's flags.
func newAPIClient(cmd *cobra.Command) (*apiClient, error) {
	base, _ := cmd.Flags().GetString("api")
	token, _ := cmd.Flags().GetString("token")
	path, _ := cmd.Flags().GetString("data")
	dir, err := absData(path)
	if err != nil {
		return nil, err
	}
	return findAPI(dir, base, token)
}

// findAPI takes what is not named from the data directory of a program that runs on this machine.
func findAPI(dir *dataDir, base, token string) (*apiClient, error) {
	const timeout = 2 * time.Minute
	client := &http.Client{Timeout: timeout}
	if base == "" || token == "" {
		info, err := dir.readRunInfo()
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("no hindsight runs on %s: start `hindsight all`, or say where the API is by --api and HINDSIGHT_TOKEN", dir.path)
		case err != nil:
			return nil, fmt.Errorf("find the API by %s: %w", dir.path, err)
		}
		if base == "" {
			base, client = info.API, info.client(timeout)
		}
		if token == "" {
			token = info.Token
		}
	}
	return &apiClient{base: strings.TrimRight(base, "/"), token: token, http: client}, nil
}

// problem is an RFC 9457 problem document.
type problem struct {
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Status int    `json:"status"`
}

func (p *problem) Error() string {
	if p.Detail == "" || p.Detail == p.Title {
		return p.Title
	}
	return p.Title + ": " + p.Detail
}

// call sends a request; body and answer may be nil.
func (c *apiClient) call(ctx context.Context, method, path string, body, answer any) error {
	var reader io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return err
		}
		reader = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+"/api/v1"+path, reader)
	if err != nil {
		return usagef("address of the API: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("the API at %s does not answer: %w", c.base, err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 64<<20))
	if err != nil {
		return fmt.Errorf("read the API's answer: %w", err)
	}
	if resp.StatusCode >= 400 {
		p := &problem{Title: resp.Status, Status: resp.StatusCode}
		_ = json.Unmarshal(raw, p) // an answer that is no problem document keeps its status line
		return p
	}
	if answer == nil || len(raw) == 0 {
		return nil
	}
	if err := json.Unmarshal(raw, answer); err != nil {
		return fmt.Errorf("the API's answer to %s %s is not understood: %w", method, path, err)
	}
	return nil
}
