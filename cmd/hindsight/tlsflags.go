package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"hindsight/internal/certificate"
)

// tlsFlags name the files of a certificate to serve with; without them a proxy in front has to do it.
type tlsFlags struct{ cert, key string }

func (f *tlsFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.cert, "tls-cert", "", "PEM `FILE` of a certificate with its chain: serve https and wss (read again when it is replaced)")
	cmd.Flags().StringVar(&f.key, "tls-key", "", "PEM `FILE` of its key")
}

func (f *tlsFlags) on() bool { return f.cert != "" }

// scheme of the addresses that this server is reached by.
func (f *tlsFlags) scheme() string {
	if f.on() {
		return "https"
	}
	return "http"
}

// open reads the files; nil without them.
func (f *tlsFlags) open() (*certificate.Files, error) {
	if (f.cert == "") != (f.key == "") {
		return nil, usagef("--tls-cert and --tls-key belong together")
	}
	if !f.on() {
		return nil, nil
	}
	files, err := certificate.Open(f.cert, f.key)
	if err != nil {
		return nil, fmt.Errorf("--tls-cert: %w", err)
	}
	return files, nil
}

// secure has the service serve with the certificate, and follow its renewals.
func (s *service) secure(f tlsFlags) error {
	files, err := f.open()
	if files == nil || err != nil {
		return err
	}
	// Commands started elsewhere read it too.
	if s.certificate, err = filepath.Abs(f.cert); err != nil {
		return fmt.Errorf("--tls-cert %s: %w", f.cert, err)
	}
	s.srv.tls = files.Server()
	s.background("certificate", func(ctx context.Context) error {
		files.Run(ctx, lookForNewFiles, s.log.Named("certificate"), s.reg)
		return nil
	}, nil)
	return nil
}
