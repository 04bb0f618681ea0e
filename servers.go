package main

import (
	"parley/assets/words"
	"parley/call/station"
	"parley/ui"
	"parley/ui/command"
)

// windowServers are a station's servers, for a window.
type windowServers struct{ *station.Station }

// All implements ui.Servers.
func (w windowServers) All() []ui.NewServer {
	var all []ui.NewServer
	for _, k := range w.Servers() {
		all = append(all, ui.NewServer{URL: k.URL, Profile: k.Profile, Name: k.Name, Params: k.Params, Fingerprint: k.Fingerprint})
	}
	return all
}

// Add implements ui.Servers.
func (w windowServers) Add(n ui.NewServer) error {
	return command.InWords(w.words(), w.AddServer(station.NewServer(n)))
}

// Remove implements ui.Servers.
func (w windowServers) Remove(url string) error {
	return command.InWords(w.words(), w.RemoveServer(url))
}

func (w windowServers) words() *words.Words {
	language := words.Language(w.Settings().Language)
	if language == "" {
		language = words.Match(locale())
	}
	return words.In(language)
}
