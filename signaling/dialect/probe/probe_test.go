package probe_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/signaling/dialect/probe"
	"parley/signaling/dialect/profile"
)

// bubble runs a test in a world of virtual time.
func bubble(t *testing.T, test func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t) // of the bubble, not of the test around it
		test(w)
		w.stop()
	})
}

func TestRun_AGreetingIsEnough(t *testing.T) {
	all := parse(t, names, demo, chat)
	bubble(t, func(w *world) {
		s := w.serve("localhost:3030", nil, raw([]string{"123"}, nil))
		r := w.look(probe.Options{Address: "ws://localhost:3030", Profiles: all})
		want := probe.Report{
			URL: "ws://localhost:3030", Transport: "ws", Profile: "demo", Candidates: []string{"demo", "names"},
			Missing: all[1].Params, Heard: "123…",
			Findings: []probe.Finding{{Code: "recognised", Args: map[string]string{"profile": "demo"}}, {Code: "unproven"}},
		}
		if !reflect.DeepEqual(r, want) {
			w.t.Errorf("%+v", r)
		}
		if said := s.heard(); len(said) > 0 {
			w.t.Errorf("it was told %q", said)
		}
	})
}

func TestRun_AProbeTellsRawServers(t *testing.T) {
	all := parse(t, demo, names)
	bubble(t, func(w *world) {
		s := w.serve("localhost:80", nil, raw([]string{"Welcome"}, map[string]string{`"type":"bind"`: `{"type":"bound","ok":true}`}))
		r := w.look(probe.Options{Address: "ws://localhost:80/names", Profiles: all})
		if r.Profile != "names" || r.URL != "ws://localhost:80/names" || r.Heard != "“…”" || len(r.Missing) != 1 {
			w.t.Errorf("%+v", r)
		}
		said := s.heard()
		if len(said) != 1 || !strings.Contains(said[0], `"from":"`) {
			w.t.Errorf("it was told %q", said)
		}
	})
}

func TestRun_AnUnknownRawServer(t *testing.T) {
	all := parse(t, demo, names, chat)
	bubble(t, func(w *world) {
		w.serve("10.0.0.1:8080", nil, raw([]string{`{"welcome":"secret","a":1}`}, nil))
		r := w.look(probe.Options{Address: "ws://10.0.0.1:8080", Profiles: all})
		if r.Profile != "" || r.Transport != "ws" || !slices.Equal(r.Candidates, []string{"demo", "names"}) || r.Missing != nil ||
			r.Heard != "{a, welcome}" || codes(r) != "websocket heard" {
			w.t.Errorf("%+v", r)
		}
	})
}

func TestRun_HTTPTellsTheProfileAndItsPort(t *testing.T) {
	all := parse(t, demo, pages)
	bubble(t, func(w *world) {
		w.serve("localhost:9000", nil, func(s *server) http.HandlerFunc {
			socket := raw([]string{`{"type":"OPEN"}`}, nil)(s)
			return func(rw http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/about":
					_, _ = rw.Write([]byte(`{"name":"Pages"}`))
				case "/pages":
					socket(rw, r)
				default:
					http.NotFound(rw, r)
				}
			}
		})
		r := w.look(probe.Options{Address: "localhost", Profiles: all})
		if r.Profile != "pages" || r.URL != "ws://localhost:9000" || r.Encrypted || !slices.Equal(r.Candidates, []string{"pages"}) ||
			codes(r) != "recognised plain port" {
			w.t.Errorf("%+v", r)
		}
		for _, port := range []string{"3030", "9000", "443", "80"} {
			if !slices.Contains(w.asked, "localhost:"+port) {
				w.t.Errorf("port %s was not looked at", port)
			}
		}
	})
}

// TestRun_PagesLeadToTheSocketsBesideThem types the address of the pages.
func TestRun_PagesLeadToTheSocketsBesideThem(t *testing.T) {
	all := parse(t, demo, pages)
	bubble(t, func(w *world) {
		w.serve("localhost:8000", nil, func(*server) http.HandlerFunc { return http.NotFound })
		w.serve("localhost:3030", nil, raw([]string{"123"}, nil))
		r := w.look(probe.Options{Address: "http://localhost:8000", Profiles: all})
		if r.Profile != "demo" || r.URL != "ws://localhost:3030" || !strings.HasSuffix(codes(r), "port") {
			w.t.Errorf("%+v", r)
		}
	})
	bubble(t, func(w *world) {
		w.serve("localhost:8000", nil, func(*server) http.HandlerFunc { return http.NotFound })
		if r := w.look(probe.Options{Address: "http://localhost:8000", Profiles: all}); codes(r) != "notWebSocket" {
			w.t.Errorf("nothing beside: %+v", r)
		}
	})
}

func TestRun_SocketIO(t *testing.T) {
	all := parse(t, demo, old, chat)
	bubble(t, func(w *world) {
		s := w.serve("localhost:3001", nil, events([]string{`40{"sid":"x"}`, `42["connectionSuccess"]`}, map[string]string{`42["who"]`: `42["chat",4]`}))
		r := w.look(probe.Options{Address: "http://localhost:3001", Profiles: all})
		if r.Profile != "chat" || r.Transport != "socketio" || r.EIO != 4 || r.URL != "ws://localhost:3001" || r.Heard != "connectionSuccess" ||
			codes(r) != "recognised" {
			w.t.Errorf("%+v", r)
		}
		if said := s.heard(); said[len(said)-1] != "41" {
			w.t.Errorf("it was told %q", said)
		}
	})
}

func TestRun_SocketIOUnknown(t *testing.T) {
	for name, c := range map[string]struct {
		welcome []string
		codes   string
		eio     int
	}{
		"version 4":       {[]string{`40{"sid":"x"}`}, "socketio", 4},
		"wants to know":   {[]string{`44{"message":"who are you?"}`}, "socketio notLetIn", 4},
		"version 2":       {[]string{`40`}, "socketioOld", 3},
		"answers nothing": {nil, "notWebSocket", 0},
	} {
		t.Run(name, func(t *testing.T) {
			all := parse(t, demo, chat)
			bubble(t, func(w *world) {
				w.serve("localhost:3000", nil, func(s *server) http.HandlerFunc {
					four := events(c.welcome, nil)(s)
					three := only("/socket.io/", s.socket([]string{handshake, "40"}, func(string) []string { return nil }))
					return func(rw http.ResponseWriter, r *http.Request) {
						if r.URL.Query().Get("EIO") == "3" {
							three(rw, r)
						} else {
							four(rw, r)
						}
					}
				})
				r := w.look(probe.Options{Address: "ws://localhost:3000", Profiles: all})
				if codes(r) != c.codes || r.EIO != c.eio || (r.URL == "") != (c.eio == 0) {
					w.t.Errorf("%+v", r)
				}
			})
		})
	}
}

// A server of version 2 with a namespace of its own, which refuses what is newer.
func TestRun_SocketIOOld(t *testing.T) {
	all := parse(t, chat, old)
	bubble(t, func(w *world) {
		w.serve("localhost:3000", nil, func(s *server) http.HandlerFunc {
			socket := only("/socket.io/", s.socket([]string{handshake, "40"}, func(said string) []string {
				if said == "40/old," {
					return []string{"40/old,", `42/old,["hello"]`}
				}
				return nil
			}))
			return func(rw http.ResponseWriter, r *http.Request) {
				if r.URL.Query().Get("EIO") == "4" {
					http.Error(rw, "Unsupported protocol version", http.StatusBadRequest)
					return
				}
				socket(rw, r)
			}
		})
		r := w.look(probe.Options{Address: "ws://localhost:3000", Profiles: all})
		if r.Profile != "old" || r.EIO != 3 || !slices.Equal(r.Candidates, []string{"old"}) {
			w.t.Errorf("%+v", r)
		}
	})
}

func TestRun_AHub(t *testing.T) {
	all := parse(t, demo)
	hub := func(healthy string) func(*server) http.HandlerFunc {
		return func(s *server) http.HandlerFunc {
			socket := raw(nil, nil)(s)
			return func(rw http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/healthz":
					_, _ = rw.Write([]byte(healthy))
				case "/ws":
					socket(rw, r)
				default:
					http.NotFound(rw, r)
				}
			}
		}
	}
	bubble(t, func(w *world) {
		w.serve("localhost:7310", nil, hub("ok\n"))
		w.serve("localhost:7311", nil, hub("fine\n"))
		r := w.look(probe.Options{Address: "ws://localhost:7310/", Profiles: all})
		want := probe.Report{URL: "ws://localhost:7310", Transport: "hub", Profile: "hub", Findings: []probe.Finding{{Code: "hub"}}}
		if !reflect.DeepEqual(r, want) {
			w.t.Errorf("%+v", r)
		}
		if r = w.look(probe.Options{Address: "ws://localhost:7311", Profiles: all}); codes(r) != "notWebSocket" || r.Findings[0].Args["status"] != "404" {
			w.t.Errorf("%+v", r)
		}
	})
}

// What people paste is often the address of a page.
func TestRun_LeavesAPathOutThatLeadsNowhere(t *testing.T) {
	all := parse(t, chat)
	bubble(t, func(w *world) {
		w.serve("localhost:3001", nil, events([]string{`40{"sid":"x"}`}, nil))
		r := w.look(probe.Options{Address: "http://localhost:3001/rooms/7?lang=en", Profiles: all})
		if r.URL != "ws://localhost:3001" || codes(r) != "socketio" {
			w.t.Errorf("%+v", r)
		}
	})
}

func TestRun_FailuresAreFindings(t *testing.T) {
	through, err := url.Parse("http://proxy.example:8080")
	if err != nil {
		t.Fatal(err)
	}
	all := parse(t, demo, pages)
	for name, c := range map[string]struct {
		address, codes string
		proxied        bool
	}{
		"nobody listens":        {"ws://localhost:1", "refused", false},
		"nobody listens at all": {"nobody.local", "noPort", false},
		"no such host":          {"nowhere.example", "noHost", false},
		"no answer":             {"wss://silent.example", "timeout", false},
		"no answer near":        {"silent.local", "timeout", false},
		"a page":                {"ws://page.example", "notWebSocket", false},
		"not HTTP":              {"ws://mute.example", "notHTTP", false},
		"no TLS, far":           {"plain.example:80", "notEncrypted", false},
		"no TLS, as typed":      {"wss://localhost:80", "notEncrypted", false},
		"plain, far":            {"ws://plain.example", "websocket unencrypted", false},
		"a dead proxy":          {"wss://plain.example", "proxy", true},
		"nothing typed":         {" ", "noAddress", false},
		"another scheme":        {"ftp://host", "badScheme", false},
		"a password":            {"ws://me:secret@host", "userInfo", false},
		"a fragment":            {"ws://host#x", "fragment", false},
		"nonsense":              {"two words", "badAddress", false},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(w *world) {
				w.silent = []string{"silent.example:443"}
				for _, port := range []string{"443", "80", "3030", "9000"} {
					w.silent = append(w.silent, "silent.local:"+port)
				}
				w.serve("plain.example:80", nil, raw(nil, nil))
				w.serve("localhost:80", nil, raw(nil, nil))
				w.serve("page.example:80", nil, func(*server) http.HandlerFunc { return http.NotFound })
				w.serve("mute.example:80", nil, func(*server) http.HandlerFunc {
					return func(rw http.ResponseWriter, _ *http.Request) {
						if conn, _, err := http.NewResponseController(rw).Hijack(); err == nil {
							_ = conn.Close()
						}
					}
				})
				o := probe.Options{Address: c.address, Profiles: all}
				if c.proxied {
					o.Proxy = http.ProxyURL(through)
				}
				before := time.Now()
				r := w.look(o)
				if codes(r) != c.codes {
					w.t.Errorf("%+v", r)
				}
				if took := time.Since(before); took > 10*time.Second {
					w.t.Errorf("it took %v", took)
				}
				for _, f := range r.Findings {
					for _, arg := range f.Args {
						if strings.Contains(arg, "secret") {
							w.t.Errorf("a secret is told: %v", f)
						}
					}
				}
			})
		})
	}
}

// A server that takes connections and then says nothing, of TLS or anything.
func TestRun_IsBounded(t *testing.T) {
	all := parse(t, demo, pages, chat)
	for _, address := range []string{"localhost:1", "ws://localhost:1", "wss://localhost:1"} {
		bubble(t, func(w *world) {
			hanging := make(chan struct{})
			w.serve("localhost:1", nil, func(*server) http.HandlerFunc {
				return func(http.ResponseWriter, *http.Request) { <-hanging }
			})
			before := time.Now()
			r := w.look(probe.Options{Address: address, Profiles: all, Within: 10 * time.Second})
			if took := time.Since(before); took > 11*time.Second || len(r.Findings) == 0 || r.URL != "" {
				w.t.Errorf("%s took %v: %+v", address, took, r)
			}
			close(hanging)
		})
	}
}

func TestRun_EndsWithItsContext(t *testing.T) {
	bubble(t, func(w *world) {
		w.silent = []string{"silent.example:443"}
		ctx, cancel := context.WithCancel(w.t.Context())
		time.AfterFunc(time.Second, cancel)
		before := time.Now()
		defer cancel()
		_, err := probe.Run(ctx, probe.Options{Address: "silent.example", NetDial: w.dial, Proxy: direct})
		if !errors.Is(err, context.Canceled) || time.Since(before) != time.Second {
			w.t.Errorf("Run returned %v after %v", err, time.Since(before))
		}
	})
}

// Every code of the list is one that the package finds.
func TestCodes(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	source := ""
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		source += string(text)
	}
	for _, code := range probe.Codes() {
		if !strings.Contains(source, "probe."+code+`"`) && strings.Count(source, `"`+code+`"`) < 2 {
			t.Errorf("nothing finds %q", code)
		}
	}
}

func TestReport_Sentences(t *testing.T) {
	r := probe.Report{
		Findings: []probe.Finding{{Code: "recognised", Args: map[string]string{"profile": "demo"}}},
		Missing:  []profile.Param{{Key: "name", Label: profile.Text{"en": "Name", "zh": "名字"}}, {Key: "room", Label: profile.Text{"en": "Room"}}},
	}
	got := r.Sentences("zh", func(key string, args map[string]string) string { return key + args["profile"] + args["params"] })
	if want := []string{"probe.recogniseddemo", "probe.missing名字, Room"}; !slices.Equal(got, want) {
		t.Errorf("Sentences = %q", got)
	}
}
