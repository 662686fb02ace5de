package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"hindsight/internal/heap"
)

// service is what every long-running command begins with: a logger, a data directory, a port that is ours, and the
// parts it is going to start.
type service struct {
	*parts
	log *zap.Logger
	dir *dataDir
	srv *server
	reg *prometheus.Registry

	certificate string // the file of what the port shows; "" without TLS
	floor       *heap.Floor
}

// begin checks what can be known to be wrong at once, before anything slow is started. openDir is openDataDir for who
// owns the directory, absData for who only looks things up in it.
func begin(ctx context.Context, address, data string, openDir func(string) (*dataDir, error), flags logFlags, secure tlsFlags) (*service, error) {
	log, err := flags.logger()
	if err != nil {
		return nil, err
	}
	if err := checkListen(address); err != nil {
		return nil, err
	}
	dir, err := openDir(data)
	if err != nil {
		return nil, err
	}
	srv, err := listen(ctx, address)
	if err != nil {
		dir.close()
		return nil, err
	}
	s := &service{parts: &parts{out: os.Stdout}, log: log, dir: dir, srv: srv, reg: newRegistry(), floor: heap.ForService()}
	if err := s.secure(secure); err != nil {
		return nil, errors.Join(err, srv.listener.Close(), s.stop())
	}
	return s, nil
}

// url is how the service is reached from this machine.
func (s *service) url() string {
	scheme := "http"
	if s.srv.tls != nil {
		scheme = "https"
	}
	return baseURL(scheme, s.srv.listener.Addr().String())
}

// address is what was given to listen on, with the port that was really taken where any would do.
func (s *service) address(given string) string {
	host, port, err := net.SplitHostPort(given)
	if err != nil || port != "0" {
		return given
	}
	return net.JoinHostPort(host, strconv.Itoa(s.srv.listener.Addr().(*net.TCPAddr).Port))
}

// serve opens the port to a handler. At the end it is stopped first: nothing new comes in while the rest drains.
func (s *service) serve(handler http.Handler) {
	s.srv.serve(handler)
	s.add("port", s.srv.stop)
}

// wait returns when ctx ends, or when serving or another part fails.
func (s *service) wait(ctx context.Context, others ...<-chan error) error {
	return s.srv.wait(ctx, others...)
}

// end stops what was started and adds to err what went wrong with that. ctx is that of the start: who was asked to
// stop meanwhile has not failed.
func (s *service) end(ctx context.Context, err *error) {
	if ctx.Err() != nil && errors.Is(*err, context.Canceled) {
		fmt.Fprintln(s.out, "Stopped before it was ready.")
		*err = nil
	}
	*err = errors.Join(*err, s.stop())
	s.dir.close()
}
