//go:build linux || darwin

package station

import "syscall"

// freeBytes returns how many bytes of the disk of a folder are free for us.
func freeBytes(dir string) (uint64, bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, false
	}
	return s.Bavail * uint64(s.Bsize), true
}
