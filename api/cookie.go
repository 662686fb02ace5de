package api

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"strings"
	"time"
)

const (
	cookieName = "hindsight_session"
	cookieLife = 7 * 24 * time.Hour
)

// cookies makes and verifies the dashboard's sessions. They are stateless: what
// is signed is the end of the session and a nonce. Whoever holds one is an
// administrator until its end; a new key ends all of them.
type cookies struct {
	key    []byte
	secure bool // the public address is https
}

const (
	cookieBody = 8 + 16 // end, Unix s; nonce
	cookieMAC  = sha256.Size
)

func (c cookies) mac(body []byte) []byte {
	h := hmac.New(sha256.New, c.key)
	h.Write([]byte("hindsight session cookie v1\n")) // the key may sign other things one day
	h.Write(body)
	return h.Sum(nil)
}

func (c cookies) issue(now time.Time) *http.Cookie {
	expires := now.Add(cookieLife)
	body := binary.BigEndian.AppendUint64(nil, uint64(expires.Unix())) // after 1970
	body = append(body, make([]byte, 16)...)
	rand.Read(body[8:]) // never fails
	cookie := c.blank()
	cookie.Value = base64.RawURLEncoding.EncodeToString(append(body, c.mac(body)...))
	cookie.Expires = expires
	cookie.MaxAge = int(cookieLife.Seconds())
	return cookie
}

// clear is a cookie that takes the session away.
func (c cookies) clear() *http.Cookie {
	cookie := c.blank()
	cookie.MaxAge = -1
	return cookie
}

func (c cookies) blank() *http.Cookie {
	return &http.Cookie{Name: cookieName, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: c.secure}
}

// verify returns when the session ends, and whether it is ours and still runs.
func (c cookies) verify(value string, now time.Time) (time.Time, bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(strings.TrimSpace(value))
	if err != nil || len(raw) != cookieBody+cookieMAC {
		return time.Time{}, false
	}
	body, mac := raw[:cookieBody], raw[cookieBody:]
	if !hmac.Equal(mac, c.mac(body)) {
		return time.Time{}, false
	}
	expires := time.Unix(int64(binary.BigEndian.Uint64(body)), 0).UTC() // we signed it
	return expires, now.Before(expires)
}
