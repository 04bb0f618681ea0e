package conn

import (
	"github.com/pion/interceptor"
	"github.com/pion/rtp"
)

// BindRemoteStream is called by pion for each stream that comes. What its interceptors
// tell each other of a packet is a map with the packet's header, both made anew for
// each of some hundred packets a second. Whatever is read here comes with the same
// ones. That cannot be done for a stream of retransmissions, of which pion keeps
// what it has read until the stream they belong to is read.
func (s *splice) BindRemoteStream(info *interceptor.StreamInfo, reader interceptor.RTPReader) interceptor.RTPReader {
	r := &reused{attributes: interceptor.Attributes{}}
	return interceptor.RTPReaderFunc(func(b []byte, a interceptor.Attributes) (int, interceptor.Attributes, error) {
		n, told, err := reader.Read(b, a)
		if err != nil || told != nil || !s.plays(info.SSRC) {
			return n, told, err
		}
		return n, r.describe(b[:n]), nil
	})
}

// plays reports whether the stream is known to be no stream of retransmissions.
func (s *splice) plays(ssrc uint32) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.declared[ssrc]
	return l != nil && l.played == nil
}

// reused is what is told of a packet, until the next.
type reused struct {
	attributes interceptor.Attributes
	header     *rtp.Header // nil: none yet
	key        any         // of the header, which pion does not export
}

// describe returns what is told of a packet; nil where it is malformed.
func (r *reused) describe(packet []byte) interceptor.Attributes {
	clear(r.attributes)
	if r.header != nil {
		if _, err := r.header.Unmarshal(packet); err != nil {
			return nil
		}
		r.attributes[r.key] = r.header
		return r.attributes
	}
	if _, err := r.attributes.GetRTPHeader(packet); err != nil {
		return nil
	}
	for key, value := range r.attributes {
		r.key = key
		r.header, _ = value.(*rtp.Header)
	}
	return r.attributes
}
