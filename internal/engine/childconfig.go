package engine

import (
	"bytes"
	_ "embed"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"hindsight/internal/engine/chhttp"
)

//go:embed config.xml.tmpl
var configTemplate string

//go:embed users.xml.tmpl
var usersTemplate string

// writeConfig writes the engine's two configuration files and returns the path
// of the first.
func writeConfig(p paths, spec childSpec) (string, error) {
	users := filepath.Join(p.config, "users.xml")
	config := filepath.Join(p.config, "config.xml")
	values := map[string]any{
		"Users":     users,
		"Scripts":   filepath.Join(p.config, "no-scripts"),
		"MaxMemory": spec.MaxMemory,
		"Engines":   "TABLE ENGINE ON " + strings.Join(chhttp.TableEngines(), ", TABLE ENGINE ON "),
	}
	for path, text := range map[string]string{users: usersTemplate, config: configTemplate} {
		t, err := template.New(filepath.Base(path)).Funcs(template.FuncMap{"xml": escapeXML}).Parse(text)
		if err != nil {
			return "", err
		}
		var b bytes.Buffer
		if err := t.Execute(&b, values); err != nil {
			return "", err
		}
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			return "", err
		}
	}
	return config, nil
}

func escapeXML(s string) (string, error) {
	var b bytes.Buffer
	err := xml.EscapeText(&b, []byte(s))
	return b.String(), err
}
