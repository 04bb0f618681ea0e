package camera

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"parley/media"
)

// installed returns the cameras of this machine.
func installed() system { return system{scan: linux().cameras, held: &inUse} }

// Trace returns a text that is another once a camera was plugged in or out, without
// opening any: another program may be using them.
func Trace() string { return linux().trace() }

func (k kernel) trace() string {
	var all strings.Builder
	for _, pattern := range []string{"/dev/video*", "/dev/v4l/by-*", "/dev/v4l/by-*/*"} {
		paths, _ := filepath.Glob(k.root + pattern) // the patterns are good
		for _, path := range paths {
			if about, err := os.Lstat(path); err == nil {
				fmt.Fprintln(&all, path, about.Mode(), about.ModTime().UnixNano())
			}
		}
	}
	return all.String()
}

// cameras looks for nodes that take pictures.
func (k kernel) cameras() ([]device, error) {
	paths, err := filepath.Glob(k.root + "/dev/video*")
	if err != nil {
		return nil, err
	}
	slices.SortFunc(paths, func(a, b string) int { return cmp.Compare(nodeNumber(a), nodeNumber(b)) })
	byID, byPath := k.links("by-id"), k.links("by-path")
	var found []device
	for _, path := range paths {
		node := filepath.Base(path)
		if d, ok := k.describe(node, byID[node], byPath[node]); ok {
			found = append(found, d)
		}
	}
	return found, nil
}

func nodeNumber(path string) int {
	n, err := strconv.Atoi(strings.TrimPrefix(filepath.Base(path), "video"))
	if err != nil {
		return 1 << 20 // not one of the kernel's names
	}
	return n
}

// links returns udev's names of the nodes: by-id for what a device is, by-path
// for where it is plugged in.
func (k kernel) links(kind string) map[string]string {
	folder := filepath.Join(k.root+"/dev/v4l", kind)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil // no udev
	}
	names := map[string]string{}
	for _, e := range entries {
		if target, err := os.Readlink(filepath.Join(folder, e.Name())); err == nil {
			names[filepath.Base(target)] = e.Name()
		}
	}
	return names
}

// describe asks a node what it is. Of those that may not be opened, or not now,
// the kernel tells the name elsewhere, so that the user can be told why.
func (k kernel) describe(node, byID, byPath string) (device, bool) {
	name, bus, err := k.ask(node)
	switch {
	case err == nil:
	case errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM), errors.Is(err, unix.EBUSY):
		if k.about(node, "index") > "0" { // a device's further nodes are no cameras
			return device{}, false
		}
		name = k.about(node, "name")
	default:
		return device{}, false
	}
	d := device{
		Device: media.Device{Kind: media.Camera, Name: cmp.Or(name, node)},
		serial: k.about(node, "device", "..", "serial"),
		place:  cmp.Or(byPath, bus, node),
		others: []string{node, byID, byPath, bus},
		start:  func(want Format, stop <-chan struct{}) (grabber, error) { return k.start(node, want, stop) },
	}
	d.ID = d.identity()
	return d, true
}

var errNoCamera = errors.New("takes no pictures that are understood")

// ask opens a node for a moment.
func (k kernel) ask(node string) (name, bus string, err error) {
	v, err := openVideo(k, "/dev/"+node)
	if err != nil {
		return "", "", err
	}
	defer func() { err = errors.Join(err, v.close()) }()
	c, err := v.capability()
	if err != nil {
		return "", "", err
	}
	if c.device&v4lCanCapture == 0 || c.device&v4lCanStream == 0 || len(v.codes()) == 0 {
		return "", "", errNoCamera
	}
	return text(c.card[:]), text(c.bus[:]), nil
}

// about reads a line that the kernel tells of a node, "" if it does not. The way
// to it is gone step by step, as some steps are links.
func (k kernel) about(node string, way ...string) string {
	at, err := filepath.EvalSymlinks(filepath.Join(k.root+"/sys/class/video4linux", node))
	for _, step := range way {
		if err != nil {
			return ""
		}
		at, err = filepath.EvalSymlinks(filepath.Join(at, step))
	}
	if err != nil {
		return ""
	}
	line, err := os.ReadFile(at)
	if err != nil {
		return ""
	}
	return text(line)
}

// start sets a camera going.
func (k kernel) start(node string, want Format, stop <-chan struct{}) (grabber, error) {
	v, err := openVideo(k, "/dev/"+node)
	if err != nil {
		return nil, whyNot(err)
	}
	g, err := startVideo(v, want, stop)
	if err != nil {
		return nil, whyNot(err)
	}
	return g, nil
}
