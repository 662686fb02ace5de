package certificate

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
)

// Client is the configuration of a client of other people's servers. authority
// is a PEM file of whom to trust in place of the system's authorities ("": those);
// cert and key are PEM files of the client's own certificate, where the server
// asks for one ("" for both: none). They are read at every connection, so that
// renewed ones are taken up by themselves.
func Client(authority, cert, key string) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if authority != "" {
		raw, err := os.ReadFile(authority)
		if err != nil {
			return nil, fmt.Errorf("read the authority's certificate: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(raw) {
			return nil, fmt.Errorf("%s holds no certificate", authority)
		}
	}
	if (cert == "") != (key == "") {
		return nil, errors.New("a client's certificate and its key belong together")
	}
	if cert != "" {
		load := func() (*tls.Certificate, error) {
			pair, err := tls.LoadX509KeyPair(cert, key)
			if err != nil {
				return nil, fmt.Errorf("read the certificate %s and its key: %w", cert, err)
			}
			return &pair, nil
		}
		if _, err := load(); err != nil {
			return nil, err
		}
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return load() }
	}
	return config, nil
}
