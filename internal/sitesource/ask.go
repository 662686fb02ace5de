package sitesource

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"hindsight/internal/site"
)

// maxAnswer is far more than any number of sites that a person can keep.
const maxAnswer = 64 << 20

// Check asks once, changes nothing, and tells how many sites there are.
func (s *Source) Check(ctx context.Context) (sites int, err error) {
	_, all, err := s.ask(ctx)
	return len(all), err
}

// ask gets the sites from the API; raw is the answer as it came.
func (s *Source) ask(ctx context.Context) (raw []byte, sites []site.Site, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.cfg.URL+"/api/v1/collector/sites", nil)
	if err != nil {
		return nil, nil, errors.New("the API's address is not a URL")
	}
	request.Header.Set("Authorization", "Bearer "+s.cfg.Token)
	response, err := s.cfg.Client.Do(request)
	if err != nil {
		// Only the reason: the text of a url.Error repeats the address, which may
		// hold a password.
		var address *url.Error
		if errors.As(err, &address) {
			err = address.Err
		}
		return nil, nil, fmt.Errorf("ask the API: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	switch response.StatusCode {
	case http.StatusOK:
	case http.StatusUnauthorized, http.StatusForbidden:
		return nil, nil, fmt.Errorf("the API refuses the token (%d): it needs one of scope collector", response.StatusCode)
	default:
		return nil, nil, fmt.Errorf("the API answers %d", response.StatusCode)
	}
	raw, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return nil, nil, fmt.Errorf("read the API's answer: %w", err)
	}
	sites, err = parse(raw)
	return raw, sites, err
}

// parse insists on the member: an empty object is not "no sites".
func parse(raw []byte) ([]site.Site, error) {
	var answer struct {
		Sites *[]site.Site `json:"sites"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil || answer.Sites == nil {
		return nil, errors.New("the answer is not a list of sites")
	}
	return *answer.Sites, nil
}
