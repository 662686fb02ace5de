package store

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// Advice says in one sentence what an operator can do about an error of the
// connection to the store; "" where the error says all there is to say.
func Advice(err error) string {
	var untrusted *tls.CertificateVerificationError
	var noTLS tls.RecordHeaderError
	var exception *clickhouse.Exception
	var status *clickhouse.HTTPError
	const login = "correct user and password in the DSN (HINDSIGHT_CLICKHOUSE_DSN)"
	switch {
	case errors.As(err, &untrusted):
		return "name the file of the authority that issued ClickHouse's certificate by --clickhouse-tls-ca; it must be for the host in the DSN"
	case errors.As(err, &noTLS):
		return "this port speaks no TLS: leave secure=true and --clickhouse-tls-… out, or name the TLS port (9440; 8443 for https)"
	case alerted(err):
		return "ClickHouse refuses the connection's TLS: if it asks for a client's certificate, give --clickhouse-tls-cert and --clickhouse-tls-key"
	case errors.As(err, &exception):
		switch exception.Code {
		case codeUnknownUser, codeWrongPassword, codeNoLogin:
			return login
		case codeAccessDenied:
			return "give the user all rights on the database, and SELECT on system.* for the doctor"
		}
	case errors.As(err, &status):
		if status.StatusCode == http.StatusUnauthorized || status.StatusCode == http.StatusForbidden {
			return login
		}
		return "look whether it is a ClickHouse that answers there"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "it ended the connection without a word: that port may want TLS (9440 with ?secure=true), or be the one of HTTP (http://…:8123)"
	}
	return ""
}

// alerted tells that the other side ended a TLS connection and said so, for
// want of a client's certificate for example.
func alerted(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error"
}
