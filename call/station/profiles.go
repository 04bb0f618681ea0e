package station

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"parley/call/session"
	"parley/signaling/dialect"
	"parley/signaling/dialect/profile"
)

// profilesFolder is where users put profiles of their own, in the data folder.
const profilesFolder = "profiles"

// Profiles returns the profiles that are shipped and those of a data folder,
// which count more where names are equal, sorted by name; and what is wrong
// with the files that are left out.
func Profiles(dir string) ([]*profile.Profile, []error) {
	known := map[string]*profile.Profile{}
	for _, p := range dialect.Shipped() {
		known[p.Name] = p
	}
	own, bad := dialect.Load(filepath.Join(dir, profilesFolder))
	for _, p := range own {
		known[p.Name] = p
	}
	out := make([]*profile.Profile, 0, len(known))
	for _, p := range known {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b *profile.Profile) int { return strings.Compare(a.Name, b.Name) })
	return out, bad
}

// ProfileText returns the text of a profile that Profiles lists under a name.
// The error is a Fault if there is none.
func ProfileText(dir, name string) ([]byte, error) {
	folder := filepath.Join(dir, profilesFolder)
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("station: list profiles: %w", err)
	}
	for _, entry := range entries {
		if filepath.Ext(entry.Name()) != ".toml" {
			continue
		}
		text, err := profile.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			continue // Profiles says so
		}
		if p, err := profile.Parse(text); err == nil && p.Name == name {
			return text, nil
		}
	}
	if text, ok := dialect.Source(name); ok {
		return text, nil
	}
	if name == HubProfile {
		return nil, fault("start.hubProfile", name, nil)
	}
	known, _ := Profiles(dir)
	return nil, unknownProfile(name, known)
}

// unknownProfile is a Fault that helps to find the right name.
func unknownProfile(said string, known []*profile.Profile) error {
	names := []string{HubProfile}
	for _, p := range known {
		names = append(names, p.Name)
	}
	f := fault("start.unknownProfile", said, nil)
	if near := profile.Nearest(said, names); near != "" {
		f = fault("start.profileMeant", said, nil)
		f.Args["near"] = near
	}
	f.Args["known"] = strings.Join(names, ", ")
	return f
}

// profileNotice says what is wrong with a file of the folder.
func profileNotice(err error) session.Notice {
	var file *dialect.FileError
	if !errors.As(err, &file) {
		return session.Notice{Code: "profilesUnread", Args: map[string]string{"detail": Detail(err)}, Err: err}
	}
	args := map[string]string{"path": file.File, "detail": Detail(file.Err)}
	if len(file.Problems) == 0 {
		return session.Notice{Code: "profileUnread", Args: args, Err: err}
	}
	first := file.Problems[0]
	args["line"], args["column"], args["problem"] = strconv.Itoa(first.Line), strconv.Itoa(first.Column), first.Text
	return session.Notice{Code: "profileBad", Args: args, Err: err}
}
