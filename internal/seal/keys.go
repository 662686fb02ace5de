package seal

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// ParseKeys reads a secret as an operator writes it: one or more keys, newest
// first, separated by commas or white space, each 32 bytes in hexadecimal (64
// digits) or base64. An error names the place of the key, never the key.
func ParseKeys(secret string) ([][]byte, error) {
	fields := strings.FieldsFunc(secret, func(r rune) bool {
		return r == ',' || r == ' ' || r == '\t' || r == '\n' || r == '\r'
	})
	if len(fields) == 0 {
		return nil, errors.New("the secret holds no sealing key")
	}
	keys := make([][]byte, 0, len(fields))
	for i, field := range fields {
		raw, ok := parseKey(field)
		if !ok {
			return nil, fmt.Errorf("sealing key %d is not %d bytes in hexadecimal or base64", i+1, KeySize)
		}
		keys = append(keys, raw)
	}
	return keys, nil
}

func parseKey(field string) ([]byte, bool) {
	if raw, err := hex.DecodeString(field); err == nil && len(raw) == KeySize {
		return raw, true
	}
	field = strings.TrimRight(field, "=")
	for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		if raw, err := enc.DecodeString(field); err == nil && len(raw) == KeySize {
			return raw, true
		}
	}
	return nil, false
}
