package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// Whoever opens connections and says nothing makes room for those who come later;
// who is being answered is never thrown out.
func TestSilentConnectionsMakeRoom(t *testing.T) {
	s, err := listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.lobby.most = 8
	asked, answer := make(chan struct{}), make(chan struct{})
	s.serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			close(asked)
			<-answer
		}
		_, _ = io.WriteString(w, "here")
	}))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		_ = s.stop(ctx)
	})
	address := s.listener.Addr().String()
	get := func(path string) string {
		client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		response, err := client.Get("http://" + address + path)
		if err != nil {
			return err.Error()
		}
		defer response.Body.Close()
		body, _ := io.ReadAll(response.Body)
		return string(body)
	}
	slow := make(chan string)
	go func() { slow <- get("/slow") }()
	<-asked
	silent := make([]net.Conn, 40)
	for i := range silent {
		if silent[i], err = net.Dial("tcp", address); err != nil {
			t.Fatal(err)
		}
		defer silent[i].Close()
		if i%2 == 0 { // half a head is as good as none
			_, _ = silent[i].Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n"))
		}
	}
	if got := get("/"); got != "here" {
		t.Errorf("one that asks: %s", got)
	}
	for i, c := range silent[:32] { // they came first; each is told by its end
		_ = c.SetReadDeadline(time.Now().Add(time.Minute))
		if _, err := c.Read(make([]byte, 1)); err == nil || isTimeout(err) {
			t.Errorf("silent connection %d is still open: %v", i, err)
		}
	}
	close(answer)
	if got := <-slow; got != "here" {
		t.Errorf("one that was being answered: %s", got)
	}
	last := silent[len(silent)-2]
	_, _ = last.Write([]byte("Connection: close\r\n\r\n"))
	if got, err := io.ReadAll(last); err != nil || len(got) == 0 {
		t.Errorf("the newest cannot speak any more: %q, %v", got, err)
	}
}

func isTimeout(err error) bool {
	ne, ok := err.(net.Error) //nolint:errorlint // a connection gives it as it is
	return ok && ne.Timeout()
}
