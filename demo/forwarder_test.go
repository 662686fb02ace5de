package demo_test

import (
	"io"
	"net"
	"sync"
	"testing"
)

// breakingForwarder passes connections on to the address and cuts every second
// one after 12 kB from the client, in the middle of whatever is under way.
func breakingForwarder(t *testing.T, to string) (addr string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	var running sync.WaitGroup
	t.Cleanup(func() {
		must(t, listener.Close())
		running.Wait()
	})
	running.Go(func() {
		for n := 1; ; n++ {
			client, err := listener.Accept()
			if err != nil {
				return // closed: the test is over
			}
			server, err := net.Dial("tcp", to)
			if err != nil {
				_ = client.Close()
				continue
			}
			limit := int64(1) << 40
			if n%2 == 0 {
				limit = 12_000
			}
			// Either way that ends takes the other along.
			end := func() { _, _ = client.Close(), server.Close() }
			running.Go(func() { _, _ = io.CopyN(server, client, limit); end() })
			running.Go(func() { _, _ = io.Copy(client, server); end() })
		}
	})
	return listener.Addr().String()
}
