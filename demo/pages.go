package demo

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"strings"
)

//go:embed site
var siteFiles embed.FS

// Page kinds; page-KIND is the class of the page's body.
const (
	kindList    = "list"
	kindProduct = "product"
	kindCart    = "cart"
	kindSignup  = "signup"
	kindGuide   = "guide"
	kindMissing = "missing"
)

// trackerTag is the snippet as it stands in a page.
type trackerTag struct {
	URL, SiteKey, Consent string
	SampleRate, Budget    string
}

// pages renders the shop. The server and the generator use the same one, so a
// generated snapshot is of the page that a visitor is served.
type pages struct {
	templates *template.Template
	tracker   *trackerTag // nil: no snippet
}

// pageData is what the layout and the bodies read.
type pageData struct {
	Title, Kind string
	Body        template.HTML
	Tracker     *trackerTag
	Guide       bool
	Products    []product
	Product     product
	Related     []product
	Step        template.HTML
}

func newPages(tracker *trackerTag) (*pages, error) {
	pictures, err := loadPictures()
	if err != nil {
		return nil, err
	}
	funcs := template.FuncMap{"picture": func(name string) (template.HTML, error) {
		svg, ok := pictures[name]
		if !ok {
			return "", fmt.Errorf("no picture %q", name)
		}
		return svg, nil
	}}
	t, err := template.New("site").Funcs(funcs).ParseFS(siteFiles, "site/pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse the demo's pages: %w", err)
	}
	return &pages{templates: t, tracker: tracker}, nil
}

// loadPictures reads the inline pictures by name.
func loadPictures() (map[string]template.HTML, error) {
	entries, err := fs.ReadDir(siteFiles, "site/pictures")
	if err != nil {
		return nil, fmt.Errorf("read the demo's pictures: %w", err)
	}
	pictures := make(map[string]template.HTML, len(entries))
	for _, e := range entries {
		data, err := siteFiles.ReadFile("site/pictures/" + e.Name())
		if err != nil {
			return nil, fmt.Errorf("read the demo's pictures: %w", err)
		}
		// Our own files, embedded at build time: trusted markup.
		pictures[strings.TrimSuffix(e.Name(), ".svg")] = template.HTML(bytes.TrimSpace(data)) //nolint:gosec // an embedded file of ours
	}
	return pictures, nil
}

// page renders the page at path (below /demo/, without the query). Unknown
// paths give the "no such page" page and found=false.
func (p *pages) page(path, query string) (html []byte, found bool, err error) {
	data := pageData{Tracker: p.tracker}
	name := kindMissing
	switch {
	case path == "/demo/":
		name, data.Title, data.Products = kindList, "Tea for slow mornings", catalogue
	case path == "/demo/cart":
		name, data.Title = kindCart, "Your cart"
	case path == "/demo/signup":
		name, data.Title = kindSignup, "Become a regular"
	case strings.HasPrefix(path, "/demo/product/"):
		thing, ok := findProduct(strings.TrimPrefix(path, "/demo/product/"))
		if !ok {
			break
		}
		name, data.Title, data.Product = kindProduct, thing.Name, thing
		for _, slug := range thing.Related {
			other, _ := findProduct(slug)
			data.Related = append(data.Related, other)
		}
	case path == "/demo/guide" || strings.HasPrefix(path, "/demo/guide/"):
		step, title, ok, err := p.guideStep(strings.TrimPrefix(path, "/demo/guide"), query)
		if err != nil {
			return nil, false, err
		}
		if ok {
			name, data.Title, data.Step, data.Guide = kindGuide, title, step, true
		}
	}
	if name == kindMissing {
		data.Title = "No such page"
	}
	data.Kind = name
	html, err = p.render(name, data)
	return html, name != kindMissing, err
}

func (p *pages) render(name string, data pageData) ([]byte, error) {
	var body, page bytes.Buffer
	if err := p.templates.ExecuteTemplate(&body, name, data); err != nil {
		return nil, fmt.Errorf("render the demo's %s page: %w", name, err)
	}
	data.Body = template.HTML(body.String()) //nolint:gosec // just escaped by the template above
	if err := p.templates.ExecuteTemplate(&page, "layout", data); err != nil {
		return nil, fmt.Errorf("render the demo's layout: %w", err)
	}
	return page.Bytes(), nil
}

// cartRows renders the rows that the cart page's script fetches.
func (p *pages) cartRows(items []cartItem) ([]byte, error) {
	var out bytes.Buffer
	if err := p.templates.ExecuteTemplate(&out, "cart-rows", items); err != nil {
		return nil, fmt.Errorf("render the demo's cart rows: %w", err)
	}
	return out.Bytes(), nil
}
