package api_test

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

// contract is openapi.yaml: what the answers of every test are held against.
type contract struct {
	doc      map[string]any
	compiler *jsonschema.Compiler

	mu    sync.Mutex
	asked map[string]bool // "GET /sites" that answered with success
}

func loadContract(t testing.TB) *contract {
	t.Helper()
	raw, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c := &contract{compiler: jsonschema.NewCompiler(), asked: map[string]bool{}}
	if err := yaml.Unmarshal(raw, &c.doc); err != nil {
		t.Fatal(err)
	}
	c.compiler.AssertFormat()
	if err := c.compiler.AddResource("file:///openapi.json", any(c.doc)); err != nil {
		t.Fatal(err)
	}
	return c
}

// operations lists "METHOD /path" of every call.
func (c *contract) operations() []string {
	var out []string
	for path, item := range c.doc["paths"].(map[string]any) {
		for method := range item.(map[string]any) {
			if method != "parameters" {
				out = append(out, strings.ToUpper(method)+" "+path)
			}
		}
	}
	return out
}

// queryOf lists the query parameters of a call.
func (c *contract) queryOf(operation string) []string {
	method, path, _ := strings.Cut(operation, " ")
	item := c.doc["paths"].(map[string]any)[path].(map[string]any)
	var all []any
	for _, holder := range []any{item, item[strings.ToLower(method)]} {
		if list, ok := holder.(map[string]any)["parameters"].([]any); ok {
			all = append(all, list...)
		}
	}
	var out []string
	for _, p := range all {
		parameter := c.follow(p)
		if parameter["in"] == "query" {
			out = append(out, parameter["name"].(string))
		}
	}
	return out
}

// follow resolves a reference within the document.
func (c *contract) follow(v any) map[string]any {
	m := v.(map[string]any)
	ref, ok := m["$ref"].(string)
	if !ok {
		return m
	}
	at := any(c.doc)
	for part := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		at = at.(map[string]any)[part]
	}
	return at.(map[string]any)
}

// match finds the call that a request was made to.
func (c *contract) match(method, path string) (string, bool) {
	parts := strings.Split(path, "/")
	best, variables := "", 99
	for _, operation := range c.operations() {
		m, template, _ := strings.Cut(operation, " ")
		names := strings.Split(template, "/")
		if m != method || len(names) != len(parts) {
			continue
		}
		n, fits := 0, true
		for i, name := range names {
			if strings.HasPrefix(name, "{") {
				n++
			} else if name != parts[i] {
				fits = false
			}
		}
		if fits && n < variables {
			best, variables = operation, n
		}
	}
	return best, best != ""
}

// check holds an answer against the schema of its call, status and media type.
func (c *contract) check(method, path string, status int, media string, body []byte) error {
	operation, ok := c.match(method, path)
	if !ok {
		return nil // not a call; the test says what it expects
	}
	_, template, _ := strings.Cut(operation, " ")
	responses := c.doc["paths"].(map[string]any)[template].(map[string]any)[strings.ToLower(method)].(map[string]any)["responses"].(map[string]any)
	pointer := []string{"paths", template, strings.ToLower(method), "responses", fmt.Sprint(status)}
	answer, ok := responses[fmt.Sprint(status)]
	if !ok {
		if answer, ok = responses["default"]; !ok {
			return fmt.Errorf("%s: the description knows no answer %d", operation, status)
		}
		pointer[4] = "default"
	}
	if ref, ok := answer.(map[string]any)["$ref"].(string); ok {
		pointer = strings.Split(strings.TrimPrefix(ref, "#/"), "/")
	}
	content, _ := c.follow(answer)["content"].(map[string]any)
	if status < 300 {
		c.mu.Lock()
		c.asked[operation] = true
		c.mu.Unlock()
	}
	if content == nil {
		if len(body) > 0 {
			return fmt.Errorf("%s: %d has a body, and should not", operation, status)
		}
		return nil
	}
	if _, ok := content[media]; !ok {
		return fmt.Errorf("%s: %d comes as %q", operation, status, media)
	}
	if !strings.HasSuffix(media, "json") || strings.HasSuffix(media, "ndjson") {
		return nil
	}
	return c.validate(append(pointer, "content", media, "schema"), body)
}

func (c *contract) validate(pointer []string, body []byte) error {
	escaped := make([]string, len(pointer))
	for i, p := range pointer {
		p = strings.ReplaceAll(strings.ReplaceAll(p, "~", "~0"), "/", "~1")
		escaped[i] = url.PathEscape(p)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	schema, err := c.compiler.Compile("file:///openapi.json#/" + strings.Join(escaped, "/"))
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}
