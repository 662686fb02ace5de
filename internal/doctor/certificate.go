package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"
)

// soon is when a certificate should have been renewed: renewing by itself is
// done with a month to go everywhere.
const soon = 14 * 24 * time.Hour

// CertificateFile looks at a PEM file: whether it can be read, for how long it
// is valid, and for which names; hosts are those that it must be for.
func (r *Report) CertificateFile(check, file string, now time.Time, hosts ...string) {
	raw, err := os.ReadFile(file)
	if err != nil {
		r.Fail(check, fmt.Sprintf("%s cannot be read: %v", file, errors.Unwrap(err)), "name a PEM file that this user can read")
		return
	}
	for {
		var block *pem.Block
		if block, raw = pem.Decode(raw); block == nil {
			r.Fail(check, file+" holds no certificate", "name the PEM file with the certificate (fullchain.pem), not that with the key")
			return
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			r.Fail(check, fmt.Sprintf("%s holds a certificate that cannot be read: %v", file, err), "have it issued again")
			return
		}
		for _, host := range hosts {
			if cert.VerifyHostname(host) != nil {
				r.Warn(check, fmt.Sprintf("%s is for %s, not for %s", file, names(cert), host), "have it issued for every name by which browsers reach this server, unless a proxy in front shows them another")
				return
			}
		}
		r.certificate(check, file, cert, now)
		return // the first is the server's own, the rest its issuers'
	}
}

// Served looks at the certificate that browsers get from an https address.
func (r *Report) Served(ctx context.Context, check, address string, now time.Time) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" {
		return
	}
	port := u.Port()
	if port == "" {
		port = "443"
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	conn, err := (&tls.Dialer{Config: &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}}).DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	var untrusted *tls.CertificateVerificationError
	switch {
	case errors.As(err, &untrusted):
		r.Fail(check, fmt.Sprintf("browsers will not trust %s: %v", address, untrusted.Err), "renew the certificate, or have it issued for this name by an authority that browsers know")
		return
	case err != nil:
		r.Warn(check, fmt.Sprintf("%s cannot be reached from here: %v", address, err), "from this machine that may be so; from a browser it must work")
		return
	}
	defer func() { _ = conn.Close() }()
	if chain := conn.(*tls.Conn).ConnectionState().PeerCertificates; len(chain) > 0 {
		r.certificate(check, address, chain[0], now)
	}
}

func (r *Report) certificate(check, where string, cert *x509.Certificate, now time.Time) {
	left := cert.NotAfter.Sub(now)
	until := cert.NotAfter.UTC().Format(time.DateOnly)
	switch {
	case now.Before(cert.NotBefore):
		r.Fail(check, fmt.Sprintf("%s is valid only from %s on", where, cert.NotBefore.UTC().Format(time.RFC3339)), "look at this machine's clock")
	case left <= 0:
		r.Fail(check, fmt.Sprintf("%s was valid until %s", where, until), "renew the certificate: browsers refuse it")
	case left < soon:
		r.Warn(check, fmt.Sprintf("%s is valid for %d more days, until %s", where, int(left.Hours()/24), until), "renew the certificate, and look why that did not happen by itself")
	default:
		r.OK(check, "%s is valid until %s for %s", where, until, names(cert))
	}
}

// names are what a certificate is for.
func names(cert *x509.Certificate) string {
	all := slices.Clone(cert.DNSNames)
	for _, ip := range cert.IPAddresses {
		all = append(all, ip.String())
	}
	if len(all) == 0 {
		return "no name"
	}
	return strings.Join(all, ", ")
}
