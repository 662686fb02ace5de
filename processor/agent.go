package processor

import (
	"strings"

	"github.com/mileusna/useragent"
)

// agent is what a User-Agent header tells.
type agent struct {
	browser, browserVersion string
	os, osVersion           string
	device                  string // desktop, tablet, mobile, bot or ""
}

// agents reads User-Agent headers and remembers the answers: a site sees few
// different ones, and reading one costs some microseconds. For one goroutine.
type agents struct {
	known map[string]agent
}

const (
	maxAgents    = 10_000
	maxAgentText = 64
)

func newAgents() *agents { return &agents{known: make(map[string]agent)} }

func (a *agents) read(header string) agent {
	if header == "" {
		return agent{}
	}
	if got, ok := a.known[header]; ok {
		return got
	}
	if len(a.known) >= maxAgents {
		clear(a.known) // headers are strangers' texts: no memory without end
	}
	got := parseAgent(header)
	a.known[strings.Clone(header)] = got
	return got
}

func parseAgent(header string) agent {
	ua := useragent.Parse(header)
	out := agent{
		browser:        cut(strings.Clone(ua.Name), maxAgentText),
		browserVersion: cut(strings.Clone(ua.Version), maxAgentText),
		os:             cut(strings.Clone(ua.OS), maxAgentText),
		osVersion:      cut(strings.Clone(ua.OSVersion), maxAgentText),
	}
	switch {
	case ua.Bot:
		out.device = "bot"
	case ua.Tablet:
		out.device = "tablet"
	case ua.Mobile:
		out.device = "mobile"
	case ua.Desktop:
		out.device = "desktop"
	}
	return out
}
