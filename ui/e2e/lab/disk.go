//go:build e2e

package lab

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// HeadlessOn is Headless with a disk of its own, mounted over dir, that no other
// process sees: a tmpfs with options such as "size=4m" or "ro" (tmpfs(5)). Whoever is
// not root needs a kernel that lets users have namespaces (user_namespaces(7)).
func HeadlessOn(t testing.TB, dir, options string, args ...string) *Parley {
	t.Helper()
	program := headless(t, args)
	mount := []string{"--mount"}
	if os.Geteuid() != 0 {
		mount = append(mount, "--map-root-user")
	}
	mount = append(mount, "sh", "-c", `mount -t tmpfs -o "$0" tmpfs "$1" && shift && exec "$@"`, options, dir)
	return control(t, exec.Command("unshare", append(mount, program.Args...)...))
}

// Inside is where this process finds a path as the program sees it, as long as the
// program runs.
func (p *Parley) Inside(path string) string {
	return filepath.Join(fmt.Sprintf("/proc/%d/root", p.PID()), path)
}
