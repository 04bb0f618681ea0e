package socketio

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"parley/signaling/dialect/value"
)

// ErrMalformed is why a text is no packet.
var ErrMalformed = errors.New("socketio: malformed packet")

// engine is the type of an Engine.IO packet: the first character of its text.
type engine byte

const (
	engineOpen    engine = '0'
	engineClose   engine = '1'
	enginePing    engine = '2'
	enginePong    engine = '3'
	engineMessage engine = '4'
	engineUpgrade engine = '5'
	engineNoop    engine = '6'
	engineBinary  engine = 'b' // bytes as base64
)

// Type is the type of a Packet.
type Type byte

// The types of socket.io-protocol.
const (
	Connect      Type = '0'
	Disconnect   Type = '1'
	EventPacket  Type = '2'
	Ack          Type = '3'
	ConnectError Type = '4' // ERROR in Engine.IO 3
	BinaryEvent  Type = '5'
	BinaryAck    Type = '6'
)

// NoID is the ID of a Packet that has none.
const NoID = -1

// Packet is what an Engine.IO message holds: a packet of socket.io-protocol.
type Packet struct {
	Type        Type
	Attachments int    // binary frames that follow a BinaryEvent or BinaryAck
	Namespace   string // "/" by default
	ID          int    // NoID, or what the acknowledgement must repeat
	Data        any    // the payload, as package value has JSON; nil for none
}

const (
	maxAttachments = 1000
	maxIDDigits    = 9 // so that it fits an int of 32 bits
)

// DecodePacket reads what follows the "4" of an Engine.IO message. The error is
// ErrMalformed, wrapped.
func DecodePacket(text []byte) (Packet, error) {
	p := Packet{Namespace: "/", ID: NoID}
	if len(text) == 0 || text[0] < byte(Connect) || text[0] > byte(BinaryAck) {
		return p, fmt.Errorf("%w: no type", ErrMalformed)
	}
	p.Type = Type(text[0])
	rest, err := p.decodeAttachments(text[1:])
	if err != nil {
		return p, err
	}
	if len(rest) > 0 && rest[0] == '/' {
		namespace, after, _ := bytes.Cut(rest, []byte{','})
		p.Namespace, rest = string(namespace), after
	}
	if rest, err = p.decodeID(rest); err != nil {
		return p, err
	}
	if len(rest) == 0 {
		return p, p.check()
	}
	if strings.IndexByte(`[{"`, rest[0]) < 0 {
		return p, fmt.Errorf("%w: neither list, object nor text", ErrMalformed)
	}
	if p.Data, err = value.Decode(rest); err != nil {
		return p, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return p, p.check()
}

// decodeAttachments reads "2-" of binary packets and returns what follows.
func (p *Packet) decodeAttachments(text []byte) ([]byte, error) {
	if p.Type != BinaryEvent && p.Type != BinaryAck {
		return text, nil
	}
	count, rest, ok := bytes.Cut(text, []byte{'-'})
	n, err := strconv.ParseUint(string(count), 10, 16)
	if !ok || err != nil || n > maxAttachments {
		return nil, fmt.Errorf("%w: no count of attachments", ErrMalformed)
	}
	p.Attachments = int(n)
	return rest, nil
}

// decodeID reads the digits before the payload and returns what follows.
func (p *Packet) decodeID(text []byte) ([]byte, error) {
	n := 0
	for n < len(text) && '0' <= text[n] && text[n] <= '9' {
		n++
	}
	if n == 0 {
		return text, nil
	}
	id, err := strconv.Atoi(string(text[:n]))
	if err != nil || n > maxIDDigits {
		return nil, fmt.Errorf("%w: id of %d digits", ErrMalformed, n)
	}
	p.ID = id
	return text[n:], nil
}

// check looks whether the payload suits the type.
func (p *Packet) check() error {
	ok := true
	switch p.Type {
	case EventPacket, BinaryEvent:
		_, _, ok = p.event()
	case Ack, BinaryAck:
		_, ok = p.Data.([]any)
		ok = ok && p.ID != NoID
	case Connect, Disconnect, ConnectError:
	}
	if !ok {
		return fmt.Errorf("%w: payload does not suit type %c", ErrMalformed, p.Type)
	}
	return nil
}

// event returns the name and the arguments of an event. Names are texts, but
// servers may use numbers.
func (p *Packet) event() (name string, args []any, ok bool) {
	list, _ := p.Data.([]any)
	if len(list) == 0 {
		return "", nil, false
	}
	switch first := list[0].(type) {
	case string:
		return first, list[1:], true
	case json.Number:
		return first.String(), list[1:], true
	}
	return "", nil, false
}

// Encode returns the text of the packet, the "4" of Engine.IO before it. It
// fails for data that JSON does not know.
func (p Packet) Encode() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte(byte(engineMessage))
	out.WriteByte(byte(p.Type))
	if p.Type == BinaryEvent || p.Type == BinaryAck {
		fmt.Fprintf(&out, "%d-", p.Attachments)
	}
	if p.Namespace != "" && p.Namespace != "/" {
		out.WriteString(p.Namespace)
		out.WriteByte(',')
	}
	if p.ID != NoID {
		out.WriteString(strconv.Itoa(p.ID))
	}
	if p.Data == nil {
		return out.Bytes(), nil
	}
	data, err := value.Encode(p.Data)
	if err != nil {
		return nil, fmt.Errorf("socketio: %w", err)
	}
	out.Write(data)
	return out.Bytes(), nil
}

// namespace returns a name as packets have it: with a slash before it.
func namespace(name string) string {
	return "/" + strings.TrimLeft(name, "/")
}
