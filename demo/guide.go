package demo

import (
	"bytes"
	"fmt"
	"html/template"
	"net/url"
)

// guideSteps are the steps of the tea finder in their order: the path below
// /demo/guide, and the heading, which is also the page's title.
var guideSteps = []struct{ path, template, title string }{
	{"", "guide-welcome", "Which tea is yours?"},
	{"/taste", "guide-taste", "What should it taste of?"},
	{"/strength", "guide-strength", "How strong do you like it?"},
	{"/moment", "guide-moment", "When will you drink it?"},
	{"/result", "guide-result", ""}, // the product's name
}

// guideAnswers are the visitor's answers so far; they travel in the query.
type guideAnswers struct {
	Taste, Strength, Moment string
	Product                 product
}

// readAnswers takes known answers only, so nothing from an address is echoed.
func readAnswers(query string) guideAnswers {
	values, _ := url.ParseQuery(query) // what cannot be read counts as not given
	pick := func(key string, known ...string) string {
		for _, k := range known {
			if values.Get(key) == k {
				return k
			}
		}
		return known[0]
	}
	a := guideAnswers{
		Taste:    pick("taste", "fresh", "malty", "spiced"),
		Strength: pick("strength", "light", "strong"),
		Moment:   pick("moment", "morning", "evening"),
	}
	slug := map[string]string{"fresh": "sencha", "malty": "assam", "spiced": "chai"}[a.Taste]
	if a.Moment == "evening" && a.Strength == "light" {
		slug = "rooibos"
	}
	a.Product, _ = findProduct(slug)
	return a
}

// guideStep renders the content of one step, as the page holds it and as the
// script fetches it.
func (p *pages) guideStep(step, query string) (html template.HTML, title string, found bool, err error) {
	for _, s := range guideSteps {
		if s.path != step {
			continue
		}
		answers := readAnswers(query)
		var out bytes.Buffer
		if err := p.templates.ExecuteTemplate(&out, s.template, answers); err != nil {
			return "", "", false, fmt.Errorf("render the tea finder: %w", err)
		}
		title := s.title
		if title == "" {
			title = answers.Product.Name
		}
		return template.HTML(out.String()), title, true, nil //nolint:gosec // escaped by the template
	}
	return "", "", false, nil
}
