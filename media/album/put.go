package album

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// mostTries bounds how many names are tried: more files of one second are a loop.
const mostTries = 1000

// Create makes a new file of a name in a folder, which is made if missing. Where
// there is one already, the name gets a number. The caller closes it.
func Create(dir, name, extension string) (*File, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("album: make the folder: %w", err)
	}
	for n := 1; ; n++ {
		f, err := os.OpenFile(numbered(dir, name, extension, n), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
		if err == nil {
			return &File{File: f}, nil
		}
		if !errors.Is(err, fs.ErrExist) || n == mostTries {
			return nil, fmt.Errorf("album: make a file: %w", err)
		}
	}
}

// File is a file that was made. Its methods may be called from any goroutine.
type File struct {
	*os.File
	named sync.Once
}

// Sync has the disk keep what was written, and the first time that there is a file
// of this name.
func (f *File) Sync() error {
	err := f.File.Sync()
	f.named.Do(func() { keepNames(filepath.Dir(f.Name())) })
	return err
}

// keepNames has the disk keep the names in a folder. Not every system has that, and
// those that do not keep them by themselves.
func keepNames(dir string) {
	if folder, err := os.Open(dir); err == nil {
		_ = folder.Sync()
		_ = folder.Close()
	}
}

// numbered returns the n-th name that is tried.
func numbered(dir, name, extension string, n int) string {
	if n > 1 {
		name = fmt.Sprintf("%s (%d)", name, n)
	}
	return filepath.Join(dir, name+extension)
}

// Put writes a whole file, or nothing: it appears under its name when it is
// complete. It returns its path. The file is named as by Create.
func Put(dir, name, extension string, write func(io.Writer) error) (path string, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("album: make the folder: %w", err)
	}
	f, err := os.CreateTemp(dir, ".parley-*"+extension)
	if err != nil {
		return "", fmt.Errorf("album: make a file: %w", err)
	}
	err = errors.Join(write(f), f.Chmod(0o644), f.Sync(), f.Close())
	if err == nil {
		path, err = settle(f.Name(), dir, name, extension)
	}
	if err != nil {
		return "", fmt.Errorf("album: write a file: %w", errors.Join(err, remove(f.Name())))
	}
	return path, nil
}

// settle gives a complete file its name. Where the file system has links, that is
// one step; elsewhere the name is taken by an empty file first.
func settle(from, dir, name, extension string) (string, error) {
	for n := 1; n <= mostTries; n++ {
		path := numbered(dir, name, extension, n)
		err := os.Link(from, path)
		switch {
		case err == nil:
			return path, remove(from)
		case errors.Is(err, fs.ErrExist):
			continue
		}
		return replace(from, dir, name, extension)
	}
	return "", fs.ErrExist
}

// replace takes a name by an empty file, which it lets a complete one replace.
func replace(from, dir, name, extension string) (string, error) {
	f, err := Create(dir, name, extension)
	if err != nil {
		return "", err
	}
	if err := errors.Join(f.Close(), os.Rename(from, f.Name())); err != nil {
		return "", errors.Join(err, remove(f.Name()))
	}
	return f.Name(), nil
}

// remove removes a file that may be gone.
func remove(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
