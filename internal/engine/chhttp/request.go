package chhttp

import (
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"regexp"
	"strings"

	"github.com/ClickHouse/ch-go/compress"
)

// maxSQL bounds the text of one statement with its inline data, in bytes. Data
// that streams behind a statement in the URL has no such bound.
const maxSQL = 16 << 20

// request is an HTTP request, read but for its body.
type request struct {
	queryID  string
	database string
	format   string // of the answer
	revision uint64 // protocol revision that the client speaks
	sql      string // from the URL; what the body holds comes behind it
	params   map[string]string
	settings map[string]string
	body     io.Reader // decompressed
	raw      io.Reader
}

// notSettings are URL parameters that ClickHouse's HTTP handler takes for itself.
var notSettings = map[string]bool{
	"query": true, "database": true, "default_format": true, "client_protocol_version": true, "query_id": true,
	"quota_key": true, "compress": true, "decompress": true, "user": true, "password": true, "session_id": true,
	"session_timeout": true, "session_check": true, "close_session": true, "buffer_size": true,
	"wait_end_of_query": true, "role": true, "stacktrace": true, "http_write_exception_in_output_format": true,
}

var settingName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*$`)

func readRequest(r *http.Request) (*request, error) {
	v := r.URL.Query()
	q := &request{
		queryID:  v.Get("query_id"),
		database: v.Get("database"),
		format:   v.Get("default_format"),
		sql:      v.Get("query"),
		params:   map[string]string{},
		settings: map[string]string{},
		raw:      r.Body,
	}
	if q.format == "" {
		q.format = "TabSeparated"
	}
	if !settingName.MatchString(q.format) {
		return nil, &Exception{Code: codeBadArguments, Text: "default_format is not a name"}
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		return nil, &Exception{Code: codeNotImplemented, Text: "external tables are not supported by the embedded engine"}
	}
	for k := range v {
		switch name, isParam := strings.CutPrefix(k, "param_"); {
		case isParam:
			q.params[name] = v.Get(k)
		case notSettings[k]:
		case settingName.MatchString(k):
			q.settings[k] = v.Get(k)
		default:
			return nil, &Exception{Code: codeBadArguments, Text: "the name of a URL parameter is no setting's name"}
		}
	}
	return q, q.decompress(r, v.Get("decompress") == "1")
}

// decompress puts the readers in front of the body that the request asks for:
// HTTP's content encoding outside, ClickHouse's own blocks inside.
func (q *request) decompress(r *http.Request, native bool) error {
	var err error
	switch encoding := r.Header.Get("Content-Encoding"); encoding {
	case "", "identity":
		q.body = r.Body
	case "gzip":
		q.body, err = gzip.NewReader(r.Body)
	case "deflate":
		q.body, err = zlib.NewReader(r.Body)
	default:
		return &Exception{Code: codeNotImplemented, Text: "the content encoding is not supported by the embedded engine"}
	}
	if err != nil {
		return &Exception{Code: codeCannotDecompress, Text: "cannot decompress the body: " + err.Error()}
	}
	if native {
		q.body = compress.NewReader(q.body)
	}
	return nil
}

// readText reads the whole body as (the rest of) the statement.
func (q *request) readText() (string, error) {
	b, err := io.ReadAll(io.LimitReader(eofReader{q.body}, maxSQL+1))
	switch {
	case err != nil:
		return "", &Exception{Code: codeCannotRead, Text: "cannot read the body: " + err.Error()}
	case len(b) > maxSQL:
		return "", &Exception{Code: codeTooLong, Text: "the statement is longer than 16 MiB"}
	case q.sql != "" && len(b) > 0:
		return q.sql + "\n" + string(b), nil
	}
	return q.sql + string(b), nil
}

// ended says whether the body came to its proper end: a decompressor may be
// satisfied before the last byte, and a body that broke off must not count.
func (q *request) ended() error {
	_, err := io.Copy(io.Discard, q.raw)
	return err
}
