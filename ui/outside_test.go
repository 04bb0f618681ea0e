package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/ui/screen"
)

func TestOutside_TellsOfAMissedCallOnce(t *testing.T) {
	b := open(t)
	s := rest()
	s.LastEnd = session.Ending{ID: "c1", Name: "Maya", Role: call.Callee, Kind: media.Video, Reason: call.Missed, At: start}
	test.AssertNotificationSent(t, fyne.NewNotification("Parley", screen.Reason(b.words, s.LastEnd)), func() { b.Show(s) })
	test.AssertNotificationSent(t, nil, func() { b.Show(s) })
	s.LastEnd.ID, s.LastEnd.Reason = "c2", call.RemoteHangup
	test.AssertNotificationSent(t, nil, func() { b.Show(s) })
}
