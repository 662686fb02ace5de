package recording

import (
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"hindsight/internal/store"
)

// maxSection is the largest replay section, decompressed: the wire's limit.
const maxSection = 16 << 20

// errEncrypted: per-recording keys come later; nothing stores such chunks yet.
var errEncrypted = errors.New("a chunk is encrypted by a key that is not known here")

// Inflater decompresses payloads. It is safe for concurrent use: the decoder
// keeps a pool of its own.
type Inflater struct {
	decoder *zstd.Decoder
}

// NewInflater returns an inflater that refuses what would grow over the wire's
// limit. Close it in the end.
func NewInflater() (*Inflater, error) {
	d, err := zstd.NewReader(nil,
		zstd.WithDecoderMaxMemory(maxSection), zstd.WithDecoderConcurrency(0), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, fmt.Errorf("zstd: %w", err)
	}
	return &Inflater{decoder: d}, nil
}

// Close lets go of the decoder's memory.
func (i *Inflater) Close() { i.decoder.Close() }

func (i *Inflater) inflate(p store.ReplayPayload, rawBytes uint32) ([]byte, error) {
	if p.KeyID != 0 {
		return nil, errEncrypted
	}
	return i.inflateText(p.Codec, p.Bytes, rawBytes)
}

// inflateText decompresses what holds rawBytes, as far as is known.
func (i *Inflater) inflateText(codec string, payload []byte, rawBytes uint32) ([]byte, error) {
	if codec != "zstd" {
		return nil, fmt.Errorf("stored by the unknown codec %q", codec)
	}
	out, err := i.decoder.DecodeAll(payload, make([]byte, 0, min(rawBytes, maxSection)))
	if err != nil {
		return nil, fmt.Errorf("decompress: %w", err)
	}
	return out, nil
}
