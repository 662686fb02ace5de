package main

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"hindsight/internal/certificate"
)

// secrets are made once and stay with the data directory: what signs the dashboard's cookies, and the admin token for
// commands of the same user.
type secrets struct {
	CookieKey  string `json:"cookie_key"`  // 32 bytes, hex
	LocalToken string `json:"local_token"` // 24 bytes, hex
}

// runInfo lets commands on the same machine find the API: its address and an admin token.
type runInfo struct {
	API   string `json:"api"`
	Token string `json:"token"`
	// Certificate is the file of what the server shows, which names its public name and not this machine's address; ""
	// without TLS.
	Certificate string `json:"certificate,omitempty"`
}

// client asks the server that the directory names.
func (info runInfo) client(timeout time.Duration) *http.Client {
	if info.Certificate == "" {
		return &http.Client{Timeout: timeout}
	}
	return &http.Client{Timeout: timeout, Transport: &http.Transport{TLSClientConfig: certificate.Pinned(info.Certificate)}}
}

func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return hex.EncodeToString(b)
}

// loadSecrets reads secrets.json of the data directory, and makes it at the first start.
func (d *dataDir) loadSecrets() (secrets, error) {
	name := filepath.Join(d.path, "secrets.json")
	var s secrets
	raw, err := os.ReadFile(name)
	switch {
	case err == nil:
		if err := json.Unmarshal(raw, &s); err != nil || len(s.CookieKey) != 64 || len(s.LocalToken) != 48 {
			return s, fmt.Errorf("%s is damaged; remove it to have a new one made (everybody must log in again)", name)
		}
		return s, nil
	case !errors.Is(err, fs.ErrNotExist):
		return s, fmt.Errorf("read %s: %w", name, plain(err))
	}
	s = secrets{CookieKey: randomHex(32), LocalToken: randomHex(24)}
	raw, err = json.Marshal(s)
	if err != nil {
		return s, err
	}
	return s, writePrivate(name, raw)
}

func (d *dataDir) runInfoFile() string { return filepath.Join(d.runDir(), "api.json") }

func (d *dataDir) writeRunInfo(info runInfo) error {
	raw, err := json.Marshal(info)
	if err != nil {
		return err
	}
	return writePrivate(d.runInfoFile(), raw)
}

func (d *dataDir) readRunInfo() (runInfo, error) {
	var info runInfo
	raw, err := os.ReadFile(d.runInfoFile())
	if err != nil {
		return info, err
	}
	return info, json.Unmarshal(raw, &info)
}

// The key that seals client addresses, shared by separate local processes through the data directory. It is
// new at every start of the embedded log: what waits from before merely gets no region.
func (d *dataDir) sealKeyFile() string { return filepath.Join(d.runDir(), "seal.key") }
