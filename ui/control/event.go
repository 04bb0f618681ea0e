package control

import (
	"encoding/base64"
	"slices"
	"time"

	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/signaling"
)

// event is one line that goes out.
type event map[string]any

// changes lists what happened between two snapshots, oldest first. A call that
// came and went between them is told by its ending.
func changes(old, now session.Snapshot, say func(session.Notice) string) []event {
	var out []event
	out = append(out, serverChanges(old.Servers, now.Servers)...)
	if !slices.Equal(old.Roster, now.Roster) {
		out = append(out, event{"event": "presence", "members": members(now.Roster)})
	}
	out = append(out, phaseChanges(old, now)...)
	out = append(out, firstFrames(old, now)...)
	if now.Invite != old.Invite && now.Invite.URL != "" {
		out = append(out, event{"event": "invite", "server": now.Invite.Server, "url": now.Invite.URL, "expires": now.Invite.Expires.UTC().Format(time.RFC3339)})
	}
	if now.Challenge.ID != "" && (now.Challenge.ID != old.Challenge.ID || now.Challenge.Server != old.Challenge.Server) {
		out = append(out, challenge(now.Challenge))
	}
	for _, kind := range []media.Kind{media.Audio, media.Video} {
		if old.Muted[kind] != now.Muted[kind] {
			out = append(out, event{"event": "muted", "kind": kind.String(), "on": now.Muted[kind]})
		}
	}
	if old.Sharing != now.Sharing {
		out = append(out, sharing(now.Sharing))
	}
	if old.SeesShare != now.SeesShare {
		out = append(out, event{"event": "remoteSharing", "on": now.SeesShare})
	}
	out = append(out, recordingChanges(old, now)...)
	out = append(out, soundChanges(old.Sound, now.Sound)...)
	for _, n := range now.Notices {
		if !slices.ContainsFunc(old.Notices, func(o session.Notice) bool { return o.Code == n.Code && o.Since.Equal(n.Since) }) {
			out = append(out, problem(n.Code, say(n)))
		}
	}
	return out
}

func problem(code, text string) event { return event{"event": "error", "code": code, "text": text} }

func serverChanges(old, now []session.Server) []event {
	var out []event
	for _, s := range now {
		i := slices.IndexFunc(old, func(o session.Server) bool { return o.URL == s.URL })
		wasUp := i >= 0 && old[i].Up
		switch {
		case s.Up && !wasUp:
			out = append(out, ready(s))
		case !s.Up && s.Cause != "" && (i < 0 || wasUp || s.Cause != old[i].Cause):
			out = append(out, event{"event": "offline", "server": s.URL, "cause": s.Cause})
		}
	}
	for _, o := range old {
		if !slices.ContainsFunc(now, func(s session.Server) bool { return s.URL == o.URL }) {
			out = append(out, event{"event": "removed", "server": o.URL})
		}
	}
	return out
}

// ready says that a server is connected. Where nobody has a name, as in rooms,
// there is no self.
func ready(s session.Server) event {
	e := event{
		"event": "ready", "server": s.URL, "profile": s.Profile,
		"capabilities": s.Capabilities.Names(), "lacks": s.Capabilities.Lacks(),
	}
	if s.Self.Address.Name != "" {
		e["self"] = member(s.Self)
	}
	return e
}

func servers(list []session.Server) event {
	out := make([]event, len(list))
	for i, s := range list {
		out[i] = event{
			"url": s.URL, "profile": s.Profile, "up": s.Up, "cause": s.Cause, "capabilities": s.Capabilities.Names(), "lacks": []string{},
			"notUnderstood": s.NotUnderstood, "lastUnknown": s.LastUnknown,
		}
		if s.Up {
			out[i]["lacks"] = s.Capabilities.Lacks()
		}
	}
	return event{"event": "servers", "servers": out}
}

func challenge(c signaling.Challenge) event {
	return event{
		"event": "challenge", "server": c.Server, "id": c.ID, "width": c.Width,
		"image": base64.StdEncoding.EncodeToString(c.Image), "piece": base64.StdEncoding.EncodeToString(c.Piece),
	}
}

func phaseChanges(old, now session.Snapshot) []event {
	was, is := old.Call, now.Call
	if was.Phase == is.Phase && was.ID == is.ID && was.Kind == is.Kind && was.Alerted == is.Alerted && now.LastEnd == old.LastEnd {
		return nil
	}
	var out []event
	ended := now.LastEnd != old.LastEnd
	if ended && (is.Phase != call.Idle && is.Phase != call.Closing || is.ID != now.LastEnd.ID && is.Phase == call.Closing) {
		out = append(out, idle(now.LastEnd))
	}
	switch is.Phase {
	case call.Idle:
		if was.Phase != call.Idle || ended {
			out = append(out, idle(now.LastEnd))
		}
	case call.Calling, call.Ringing, call.Connecting, call.Active, call.Recovering, call.Closing:
		out = append(out, event{
			"event": "phase", "phase": is.Phase.String(), "call": string(is.ID), "peer": is.Remote.Name, "name": now.PeerName,
			"server": is.Remote.Server, "role": is.Role.String(), "kind": is.Kind.String(), "reason": is.End.String(), "alerted": is.Alerted,
		})
	}
	return out
}

func idle(e session.Ending) event {
	out := event{"event": "phase", "phase": call.Idle.String(), "reason": e.Reason.String()}
	if e.ID != "" {
		out["call"], out["peer"], out["name"], out["server"] = string(e.ID), e.Remote.Name, e.Name, e.Remote.Server
		out["kind"], out["role"] = e.Kind.String(), e.Role.String()
	}
	if e.Text != "" {
		out["text"] = e.Text
	}
	return out
}

func firstFrames(old, now session.Snapshot) []event {
	var out []event
	for _, kind := range []media.Kind{media.Audio, media.Video} {
		at, here := now.FirstFrame[kind]
		if before, had := old.FirstFrame[kind]; !here || had && before.Equal(at) {
			continue
		}
		since := max(at.Sub(now.LiveSince), 0)
		out = append(out, event{"event": "firstFrame", "kind": kind.String(), "call": string(now.Call.ID), "sinceAcceptMs": since.Milliseconds()})
	}
	return out
}

func members(list []signaling.Member) []event {
	out := make([]event, len(list))
	for i, m := range list {
		out[i] = member(m)
	}
	return out
}

func member(m signaling.Member) event {
	return event{"name": m.Address.Name, "display": m.Name, "kind": string(m.Kind), "server": m.Address.Server}
}
