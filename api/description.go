package api

import (
	_ "embed" // the description is part of the program
	"net/http"
)

//go:embed openapi.yaml
var description []byte

func (a *API) getDescription(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "application/yaml")
	_, _ = w.Write(description) // the client may have gone
	return nil
}
