package profile

import (
	"io"
	"os"
)

// Read reads a profile's text; of one that is too large no more than Parse needs
// to refuse it. The error is r's.
func Read(r io.Reader) ([]byte, error) { return io.ReadAll(io.LimitReader(r, MaxFile+1)) }

// ReadFile is Read of a file.
func ReadFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return Read(f)
}
