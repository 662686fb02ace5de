package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// decodeStrict reads one JSON value. The problem names the member that is wrong
// and never shows a value, which may be a secret.
func decodeStrict(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			return malformedBody.says("There is something behind the JSON value.")
		}
		return nil
	}
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return malformedBody.says("%s must not be a %s.", orBody(wrong.Field), wrong.Value).about(wrong.Field)
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		name = strings.Trim(name, `"`)
		return unknownParameter.says("There is no member %q.", name).about(name)
	}
	return malformedBody.says("The body is not well-formed JSON.")
}

func orBody(field string) string {
	if field == "" {
		return "The body"
	}
	return field
}
