package station

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"parley/media"
)

func TestSettings_RoundTrip(t *testing.T) {
	dir := t.TempDir()
	if s, err := LoadSettings(dir); err != nil || s.Name != "" || s.Devices != nil {
		t.Fatalf("nothing kept reads as %+v, %v", s, err)
	}
	want := Settings{Name: "ann", Display: "Ann \"A\" Lee\n", Language: "zh", Share: true, Devices: map[media.DeviceKind]string{media.Camera: "pattern"}}
	if err := want.Save(dir); err != nil {
		t.Fatal(err)
	}
	got, err := LoadSettings(dir)
	if err != nil || got.Display != want.Display || !got.Share || got.Devices[media.Camera] != "pattern" {
		t.Errorf("read %+v, %v", got, err)
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "*")); len(files) != 1 {
		t.Errorf("left behind %v", files)
	}
}

func TestSettings_ServersRoundTrip(t *testing.T) {
	dir := t.TempDir()
	want := []Server{
		{URL: "wss://a.example"},
		{
			URL: "ws://b.example:8080", Profile: "vue-av-call", Name: "7", Params: map[string]string{"name": "7", "token": "a\"b\nc"},
			Fingerprint: "00", CA: "/ca.pem", Proxy: "socks5://p:1",
		},
	}
	if err := (Settings{Servers: want}).Save(dir); err != nil {
		t.Fatal(err)
	}
	got, err := LoadSettings(dir)
	if err != nil || !reflect.DeepEqual(got.Servers, want) {
		t.Errorf("read %+v, %v", got.Servers, err)
	}
	if info, err := os.Stat(filepath.Join(dir, settingsFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others can read the secrets: %v, %v", info.Mode(), err)
	}
}

// What earlier versions wrote is one hub.
func TestSettings_EarlierServer(t *testing.T) {
	dir := t.TempDir()
	const text = "name = \"ann\"\nserver = \"wss://hub.example\"\nfingerprint = \"12\"\n\n[devices]\ncamera = \"off\"\n"
	if err := os.WriteFile(filepath.Join(dir, settingsFile), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	want := []Server{{URL: "wss://hub.example", Profile: HubProfile, Fingerprint: "12"}}
	for range 2 { // as it was, and as it is kept from now on
		got, err := LoadSettings(dir)
		if err != nil || got.Name != "ann" || got.Devices[media.Camera] != "off" || !reflect.DeepEqual(got.Servers, want) {
			t.Fatalf("read %+v, %v", got, err)
		}
		if err := got.Save(dir); err != nil {
			t.Fatal(err)
		}
	}
	if kept, err := os.ReadFile(filepath.Join(dir, settingsFile)); err != nil || strings.Contains(string(kept), "\nserver =") {
		t.Errorf("kept %s, %v", kept, err)
	}
}

func TestSettings_UnreadableAreSetAside(t *testing.T) {
	dir := t.TempDir()
	const text = "name = [not toml"
	if err := os.WriteFile(filepath.Join(dir, settingsFile), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadSettings(dir); err == nil {
		t.Error("no error")
	}
	aside, err := filepath.Glob(filepath.Join(dir, settingsFile+".bad-*"))
	if err != nil || len(aside) != 1 {
		t.Fatalf("set aside as %v, %v", aside, err)
	}
	if kept, err := os.ReadFile(aside[0]); err != nil || string(kept) != text {
		t.Errorf("kept %q, %v", kept, err)
	}
	if _, err := LoadSettings(dir); err != nil {
		t.Errorf("the next start: %v", err)
	}
}

func TestSettings_CannotBeSaved(t *testing.T) {
	if err := (Settings{Name: "x"}).Save(filepath.Join(t.TempDir(), "missing")); err == nil {
		t.Error("no error")
	}
}
