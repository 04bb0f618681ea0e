package profile

// namePattern is what a profile's name looks like, for the schema.
const namePattern = "^[a-z0-9]+(-[a-z0-9]+)*$"

func ruleShape() *shape {
	return table(append([]field{
		{key: "via", shape: plain(formText), fallback: "`main`", help: "The channel that it comes by."},
		{key: "match", shape: plain(formMatch), required: true, help: "What must hold of the frame, all of it."},
		{key: "do", shape: wordOf(actions()...), required: true, help: "What the frame means."},
	}, findFields()...)...)
}

// thenShape is a rule for what comes back: its channel is known, and it need not
// mean anything.
func thenShape() *shape {
	return called("answer", table(append([]field{
		{key: "match", shape: plain(formMatch), help: "What must hold of it, all of it."},
		{key: "do", shape: wordOf(actions()...), help: "What it means."},
	}, findFields()...)...))
}

// expectShape is a rule for what a step waits for, by any channel that speaks.
func expectShape() *shape {
	return table(append([]field{
		{key: "via", shape: plain(formText), fallback: "`main`", help: "The channel that it comes by."},
		{key: "match", shape: plain(formMatch), required: true, help: "What must hold of the frame, all of it."},
		{key: "do", shape: wordOf(actions()...), help: "What it means."},
	}, findFields()...)...)
}

// findFields are the places that a rule looks at.
func findFields() []field {
	path := plain(formPath)
	return []field{
		{key: "from", shape: path, help: "Who it is from: the person's id, or that of the member of the room."},
		{key: "name", shape: path, help: "What people call them."},
		{key: "kind", shape: path, help: "A word of `kinds`."},
		{key: "sdp", shape: path, help: "The description, in any encoding."},
		{key: "candidate", shape: path, help: "The candidate, in any shape, or a list of them."},
		{key: "text", shape: path, help: "A text for people."},
		{key: "ref", shape: path, help: "The server's id of the call: frames of another are of another call."},
		{key: "members", shape: path, help: "Of `roster`: the items, such as `users.*`."},
		{key: "id", shape: path, fallback: "the item itself", help: "Of `roster`: the id in an item. `name` is looked for in the item, too."},
		{key: "ice", shape: path, help: "A list of RTCIceServer, used in place of our own."},
		{key: "self", shape: path, help: "Our own id, as the server gave it."},
		{key: "present", shape: path, help: "Whether somebody else is in the room: true or false, a number, or a list."},
		{key: "code", shape: path, help: "The code of a fault or a refusal."},
		{key: "default_code", shape: plain(formText), help: "The code where `code` finds none."},
		{key: "capture", shape: mapOf(path, maxMembers), help: "What is kept while the connection stands: `${var.KEY}`."},
		{key: "keep", shape: mapOf(path, maxMembers), help: "What is kept while the call stands: `${call.KEY}`."},
		{key: "reply", shape: plain(formAny), help: "A frame to send at once, or a list of them; the long form of `frames` is understood, too."},
	}
}

// actions are what a rule can make of a frame.
func actions() []word {
	return []word{
		{string(DoInvite), "They ring; with `sdp`, by an offer. Needs `from` where peers are persons."},
		{string(DoRinging), "Their phone rings."},
		{string(DoAccept), "They took the call; with `sdp`, by an answer."},
		{string(DoDecline), "They refuse."},
		{string(DoBusy), "They are in another call."},
		{string(DoCancel), "They stopped ringing."},
		{string(DoOffer), "An offer; a ring where the offer is the ring. Needs `sdp`."},
		{string(DoAnswer), "An answer. Needs `sdp`."},
		{string(DoSignal), "An offer, an answer or a candidate: it says itself which. Needs `sdp` or `candidate`."},
		{string(DoCandidate), "A candidate, or several. Needs `candidate`."},
		{string(DoCommit), "Apply candidates: nothing to do for us."},
		{string(DoBye), "They hung up."},
		{string(DoUnavailable), "Nobody of that name is there."},
		{string(DoRoster), "All who are here. Needs `members`."},
		{string(DoCame), "One came. Needs `from` where peers are persons."},
		{string(DoGone), "One left. Needs `from` where peers are persons."},
		{string(DoReplaced), "The account logged in elsewhere: do not come back."},
		{string(DoRefuse), "The server will not have us. Needs `code`, `default_code` or `text`."},
		{string(DoFault), "Something went wrong. Needs `code`, `default_code` or `text`."},
		{string(DoIgnore), "Known, and nothing to us."},
	}
}

func probeShape() *shape {
	return table(
		field{key: "say", shape: plain(formAny), help: "A frame to send, or a list of them, as in `reply`. Without it the server speaks first."},
		field{key: "hear", shape: plain(formMatch), required: true, help: "What then must hold of a frame."},
	)
}
