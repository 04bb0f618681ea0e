package profile

import "time"

// The sizes of a profile.
const (
	MaxFile  = 256 << 10 // bytes
	MaxRules = 200

	maxParams   = 20
	maxChannels = 8
	maxSteps    = 32
	maxTimers   = 16
	maxFrames   = 16 // of one message
	maxProbes   = 8
	maxMembers  = 32 // of query, header, capture and keep

	leastAfter = 100 * time.Millisecond // of a timer
)

// grammar is the shape of a whole profile.
func grammar() *shape {
	return table(
		field{key: "name", shape: &shape{form: formText, pattern: namePattern}, required: true, help: "What `--profile` takes: lower-case letters, digits and dashes, at most 40."},
		field{key: "title", shape: plain(formSentence), fallback: "the name", help: "What people read in a list."},
		field{key: "note", shape: plain(formSentence), help: "One sentence on what it is for."},
		field{key: "port", shape: between(1, 65535), fallback: "the scheme's", help: "Where the address that the user typed names none."},
		field{key: "unproven", shape: plain(formFlag), fallback: "false", help: "The server believes whoever claims a name. The window warns of it."},
		field{key: "param", shape: mapOf(paramShape(), maxParams), help: "What the user is asked before connecting, by the name that templates use: `${param.NAME}`. `name` and `room` are known to the program."},
		field{key: "channel", shape: mapOf(channelShape(), maxChannels), required: true, help: "The ways to the server, by name. `main` must be there; it is a WebSocket or Socket.IO."},
		field{key: "identify", shape: listOf(stepShape(), maxSteps), help: "The steps of making ourselves known, in order, after `main` opened."},
		field{key: "peers", shape: peersShape(), required: true, help: "Who is on the other side of a call."},
		field{key: "kinds", shape: kindsShape(), help: "The server's words for what a call carries. Without them every call is sound and picture."},
		field{key: "flow", shape: flowShape(), required: true, help: "How a call goes."},
		field{key: "sdp", shape: sdpShape(), help: "How descriptions are written. What arrives is recognised by itself."},
		field{key: "candidates", shape: candidatesShape(), help: "How ICE candidates travel."},
		field{key: "timer", shape: listOf(timerShape(), maxTimers), help: "What is sent when a connection has stood for a while."},
		field{key: "send", shape: sendShape(), required: true, help: "What each message is said with. What is not there is not said."},
		field{key: "recv", shape: listOf(ruleShape(), MaxRules), required: true, help: "How frames are recognised. Rules are tried from the top; the first that matches counts. What none matches is counted and left alone."},
		field{key: "probe", shape: listOf(probeShape(), maxProbes), help: "How `parley probe` recognises a server of this kind."},
	)
}

func paramShape() *shape {
	return table(
		field{key: "label", shape: plain(formSentence), fallback: "its name", help: "What the user is asked."},
		field{key: "default", shape: plain(formText), help: "What it is unless the user says otherwise. `${host}` and `${hostname}` are those of the address that the user typed."},
		field{key: "required", shape: plain(formFlag), fallback: "false", help: "It must be said. A parameter that is empty has no value."},
		field{key: "secret", shape: plain(formFlag), fallback: "false", help: "It is shown as dots."},
	)
}

func channelShape() *shape {
	return table(
		field{key: "kind", shape: wordOf(
			word{string(WebSocket), "A frame is one JSON value in one text message."},
			word{string(SocketIO), "A frame is `{ event = NAME, args = [...] }`."},
			word{string(HTTP), "A frame is `{ method, path, query, header, body }`; what comes back is `{ status, body }`."},
		), required: true, help: "How frames travel."},
		field{key: "url", shape: plain(formTemplate), fallback: "the address that the user typed", help: "Where it leads, such as `\"http://${hostname}:8000\"`; `\"//${hostname}:8000\"` keeps the security of the address that the user typed."},
		field{key: "path", shape: plain(formText), fallback: "`/`, and `/socket.io/` for Socket.IO", help: "Used if the address has none."},
		field{key: "query", shape: mapOf(plain(formTemplate), maxMembers), help: "Parameters added to the address."},
		field{key: "header", shape: mapOf(plain(formTemplate), maxMembers), help: "HTTP header fields sent with it."},
		field{key: "subprotocols", shape: listOf(plain(formText), 8), help: "WebSocket subprotocols to offer."},
		field{key: "eio", shape: between(3, 4), fallback: "4", help: "The Engine.IO version: 4 for Socket.IO 3 and newer, 3 for Socket.IO 2."},
		field{key: "namespace", shape: plain(formText), fallback: "`/`", help: "The Socket.IO namespace."},
		field{key: "auth", shape: plain(formAny), help: "What goes with Socket.IO's CONNECT packet."},
		field{key: "after", shape: between(0, maxSteps), fallback: "0", help: "How many steps of `identify` must be done before it opens. Not for `main`."},
	)
}

// frameFields say what is sent, with what belongs to it.
func frameFields() []field {
	return append([]field{
		{key: "frame", shape: plain(formAny), help: "What is sent, with variables."},
		{key: "frames", shape: listOf(longShape(), maxFrames), help: "Several, in order, each `{ via = ..., body = ..., ack = ..., then = ..., ok = ... }`."},
	}, beside()...)
}

// longShape is a frame of a list, in the long form.
func longShape() *shape {
	return called("frame", table(append([]field{{key: "body", shape: plain(formAny), required: true, help: "What is sent, with variables."}}, beside()...)...))
}

func beside() []field {
	return []field{
		{key: "via", shape: plain(formText), fallback: "`main`", help: "The channel that it is sent on."},
		{key: "ack", shape: plain(formFlag), fallback: "false", help: "Ask a Socket.IO server for an acknowledgement."},
		{key: "then", shape: thenShape(), help: "Reads what comes back, with the keys of a rule: the answer of HTTP, or the acknowledgement. `do` can be left out."},
		{key: "ok", shape: plain(formMatch), help: "What must hold of what comes back. If it does not, it is a fault, with the `text` of `then`."},
	}
}

func stepShape() *shape {
	return table(append(frameFields(),
		field{key: "expect", shape: expectShape(), help: "A rule that must match before the step is done. `do` can be left out."},
		field{key: "within", shape: lasting(100*time.Millisecond, 2*time.Minute), fallback: `"10s"`, help: "How long the step may take."},
		field{key: "optional", shape: plain(formFlag), fallback: "false", help: "If `expect` does not match in time, go on as if it had."},
		field{key: "built", shape: wordOf(word{"block-puzzle", "A slider captcha, shown to the user. What proves that it was solved is `${var.captcha}`."}), help: "A step that a profile cannot describe."},
		field{key: "once", shape: plain(formFlag), fallback: "false", help: "Not done again after a loss of the connection; what it captured is kept."},
		field{key: "unless", shape: plain(formText), help: "A parameter; the step is left out if it is set."},
		field{key: "if", shape: plain(formText), help: "A parameter; the step is left out if it is not set."},
	)...)
}

func peersShape() *shape {
	return table(
		field{key: "kind", shape: wordOf(
			word{string(Person), "An address is somebody's id."},
			word{string(Room), "An address is a room: whoever is in it."},
		), required: true, help: "Whom an address names."},
		field{key: "ids", shape: wordOf(
			word{string(StringID), "`\"1\"`"},
			word{string(IntegerID), "`1`"},
			word{string(PreserveID), "As the server wrote it; a string if it never did."},
		), fallback: "`string`", help: "The JSON type of ids. Some servers take `1` and `\"1\"` for two people."},
		field{key: "self", shape: plain(formAny), help: "Our own id, such as `\"${param.name}\"`. Not needed if a rule finds it (`self`)."},
		field{key: "name", shape: plain(formTemplate), fallback: "`${param.name}`", help: "What others read."},
		field{key: "contacts", shape: plain(formFlag), fallback: "false", help: "The list of people (`roster`) tells who may be called, not who is here."},
	)
}

func kindsShape() *shape {
	return table(
		field{key: "audio", shape: plain(formText), required: true, help: "Sound only."},
		field{key: "video", shape: plain(formText), required: true, help: "Sound and picture."},
	)
}

func flowShape() *shape {
	return table(
		field{key: "offer", shape: wordOf(
			word{string(WithInvite), "The caller's offer is the ring, or travels with it."},
			word{string(AfterAccept), "The caller offers when it heard the accept."},
			word{string(ByNewcomer), "Who joins a room offers to who is there: joining rings."},
			word{string(ByMember), "Who is there offers to who joins a room: joining rings."},
		), required: true, help: "When the offer is made, and by whom."},
		field{key: "glare", shape: wordOf(
			word{string(GlareCompare), "The larger id goes on."},
			word{string(GlareWait), "Nobody has an id: wait a random moment, then yield."},
			word{string(GlareYield), "Always become the callee."},
			word{string(GlareInsist), "Always stay the caller."},
		), fallback: "`compare` for persons, `wait` for rooms", help: "What becomes of two calls that meet on their way."},
		field{key: "ring", shape: lasting(5*time.Second, 10*time.Minute), fallback: "the program's own limit", help: "The server's users give up ringing after so long."},
		field{key: "restart", shape: plain(formFlag), fallback: "false", help: "Descriptions can be exchanged again in a call."},
		field{key: "echo", shape: plain(formFlag), fallback: "false", help: "Everything that we send comes back to us, too."},
		field{key: "leave", shape: wordOf(
			word{string(Stay), "The connection stands."},
			word{string(Reconnect), "The end of the connection is the goodbye; then it is made anew."},
		), fallback: "`stay`", help: "What a goodbye does to the connection."},
		field{key: "goodbye", shape: plain(formText), help: "The label of a data channel whose closing ends the call."},
		field{key: "quiet", shape: lasting(0, time.Minute), fallback: `"0s"`, help: "After a goodbye, of ours or theirs, an offer in the room does not ring for so long: who stayed only meets us joining anew. A call of ours takes it up."},
		field{key: "hint", shape: plain(formFlag), fallback: "false", help: "A bye does not say whose it is: it counts only while no media flows."},
	)
}

func sdpShape() *shape {
	return table(field{key: "encoding", shape: wordOf(
		word{string(SDPObject), "`{\"type\", \"sdp\"}`"},
		word{string(SDPText), "The SDP as text."},
		word{string(SDPJSON), "The object as JSON in a string."},
		word{string(SDPBase64), "The object as base64 of JSON in a string."},
	), fallback: "`object`", help: "What `${sdp}` stands for."})
}

func candidatesShape() *shape {
	return table(
		field{key: "gather", shape: lasting(0, 30*time.Second), fallback: "the program's own", help: "How long a description waits for candidates, so that it has them."},
		field{key: "trickle", shape: plain(formFlag), fallback: "true", help: "Candidates found later are sent."},
		field{key: "hold", shape: wordOf(
			word{string(HoldNever), "They are sent when they are found."},
			word{string(HoldUntilAnswer), "They are kept until the answer was sent or received."},
		), fallback: "`never`", help: "How long our candidates are kept back."},
		field{key: "shape", shape: wordOf(
			word{string(CandidateInit), "`{\"candidate\", \"sdpMid\", \"sdpMLineIndex\", \"usernameFragment\"}`"},
			word{string(CandidateLabel), "`{\"label\": index, \"id\": mid, \"candidate\"}`"},
			word{string(CandidateText), "The candidate attribute as text."},
			word{string(CandidateJSON), "`init` as JSON in a string."},
			word{string(CandidateList), "A list of one `init`."},
		), fallback: "`init`", help: "What `${candidate}` stands for."},
		field{key: "end", shape: wordOf(
			word{string(EndNone), "It is not told."},
			word{string(EndNull), "`${candidate}` is null."},
			word{string(EndEmpty), "Its candidate is `\"\"`."},
			word{string(EndCompleted), "It is `{\"completed\": true}`."},
		), fallback: "`none`", help: "How the end of candidates is told."},
	)
}

func timerShape() *shape {
	return table(append([]field{
		{key: "after", shape: lasting(leastAfter, 24*time.Hour), required: true, help: "When, counted from when we are known."},
		{key: "repeat", shape: plain(formFlag), fallback: "false", help: "Again and again, at least a second apart."},
	}, frameFields()...)...)
}

func sendShape() *shape {
	said := called("message", table(append(frameFields(),
		field{key: "same_as", shape: wordOf(messages()...), help: "Another message that is said with the same frames."})...))
	fields := []field{}
	for _, m := range messages() {
		fields = append(fields, field{key: m.name, shape: said, help: m.help})
	}
	return table(fields...)
}

// messages are what can be said.
func messages() []word {
	return []word{
		{string(SayInvite), "We ring. With `${sdp}` where the offer travels with it."},
		{string(SayRinging), "Our phone rings."},
		{string(SayAccept), "We take the call. With `${sdp}` where the answer travels with it."},
		{string(SayDecline), "We refuse."},
		{string(SayBusy), "We are in another call."},
		{string(SayCancel), "We stop ringing."},
		{string(SayTimeout), "We stop ringing because nobody answered; `cancel` if it is not there."},
		{string(SayOffer), "Our offer. Needs `${sdp}`."},
		{string(SayAnswer), "Our answer. Needs `${sdp}`."},
		{string(SayCandidate), "One of our candidates. Needs `${candidate}`."},
		{string(SayCommit), "Apply the candidates now: after the answer was received, and after later candidates."},
		{string(SayBye), "We hang up."},
		{string(SayLeave), "Before the connection is closed for good."},
	}
}
