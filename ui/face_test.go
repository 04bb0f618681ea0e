package ui

import (
	"testing"
	"time"

	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/ui/widget"
)

// beside is a call in which the other side shows its screen beside its camera.
func beside() session.Snapshot {
	s := inPhase(call.Active, media.Video)
	s.FirstFrame = map[media.Kind]time.Time{media.Video: start}
	s.SeesShare = true
	return s
}

func TestFace_MakesRoomForTheScreen(t *testing.T) {
	b := open(t)
	before := beside()
	before.SeesShare = false
	b.Show(before)
	first := picture(&b.remote, 64, 36)
	b.pull.tick()
	if b.call.remote.Picture() != first || b.call.face.pane.Visible() {
		t.Fatal("the camera does not have the stage")
	}
	b.call.remote.Crop(true)

	b.Show(beside())
	if b.call.face.tile.Picture() != first || b.call.remote.HasPicture() || b.call.remote.Cropped() {
		t.Error("the camera did not make room")
	}
	page, camera := picture(&b.stage, 80, 80), picture(&b.remote, 64, 36)
	b.pull.tick()
	if b.call.remote.Picture() != page || b.call.face.tile.Picture() != camera {
		t.Error("screen and camera are not where they belong")
	}
	own, theirs := b.call.pane, b.call.face.pane
	if !theirs.Visible() || theirs.Size() != own.Size() || theirs.Position().X+theirs.Size().Width > own.Position().X {
		t.Errorf("the camera is at %v %v, our own at %v %v", theirs.Position(), theirs.Size(), own.Position(), own.Size())
	}
	if w, _ := b.find("remote"); w.Name != "Screen of Maya" {
		t.Errorf("the stage is called %q", w.Name)
	}
	if w, ok := b.find("remote.camera"); !ok || w.Name != "Picture of Maya" {
		t.Errorf("the corner is called %q", w.Name)
	}

	b.Show(before)
	if b.call.remote.Picture() != camera || theirs.Visible() {
		t.Error("the camera did not get its place back")
	}
	if picture(&b.stage, 80, 80); b.call.remote.Picture() != camera {
		t.Error("a late picture of the screen is shown")
	}
	b.pull.tick()
	if b.call.remote.Picture() != camera {
		t.Error("a late picture of the screen is shown")
	}
}

func TestFace_GivesWayToTheOwnPicture(t *testing.T) {
	b := open(t)
	b.Show(beside())
	own, theirs := b.call.pane, b.call.face.pane
	for _, corner := range []widget.Corner{widget.TopLeft, widget.TopRight, widget.BottomLeft, widget.BottomRight} {
		own.Settle(corner)
		theirs.Settle(corner)
		b.call.root.Refresh()
		a, z := own, theirs
		if a.Position().Y > z.Position().Y {
			a, z = z, a
		}
		if a.Position().X != z.Position().X || a.Position().Y+a.Size().Height > z.Position().Y {
			t.Errorf("corner %v: %v and %v", corner, own.Position(), theirs.Position())
		}
	}
}

func TestFace_EndsWithTheCall(t *testing.T) {
	b := open(t)
	b.Show(beside())
	picture(&b.stage, 80, 80)
	b.pull.tick()
	b.Show(inPhase(call.Idle, media.Video))
	after := inPhase(call.Active, media.Video)
	after.Call.ID = "next"
	b.Show(after)
	if b.call.remote.HasPicture() || b.call.face.tile.HasPicture() || b.call.face.pane.Visible() {
		t.Error("something of the last call is shown")
	}
}
