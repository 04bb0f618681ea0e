package probe

import (
	"context"
	"errors"
	"net"
	"strconv"
	"syscall"

	"parley/signaling/wire"
)

// Codes lists every Finding.Code there is, and with it every sentence that
// "probe.CODE" must have.
func Codes() []string {
	return []string{
		"hub", "recognised", "unproven", "socketio", "socketioOld", "websocket", "heard", "notLetIn", "missing",
		"plain", "unencrypted", "encrypted", "port", "certificate", "certificateName", "certificateExpired", "fingerprint",
		"noAddress", "badScheme", "userInfo", "fragment", "badAddress",
		"refused", "noPort", "noHost", "timeout", "unreachable", "proxy", "notEncrypted", "tls", "notWebSocket", "notHTTP",
	}
}

// misspelt tells what is wrong with an address.
func misspelt(address string, err error) Finding {
	code := "badAddress"
	for known, text := range map[error]string{
		wire.ErrNoHost: "noAddress", wire.ErrScheme: "badScheme", wire.ErrUserInfo: "userInfo", wire.ErrFragment: "fragment",
	} {
		if errors.Is(err, known) {
			code = text
		}
	}
	if code == "userInfo" { // a password among them
		return Finding{code, nil}
	}
	return Finding{code, map[string]string{"address": clean(address)}}
}

// failure tells why nothing could be reached.
func (at *origin) failure(err error) Finding {
	args := map[string]string{"host": at.base.Host}
	var dns *net.DNSError
	var plain notTLS
	code := "tls"
	switch proxy := at.throughProxy(); {
	case errors.Is(err, wire.ErrFingerprint):
		code = "fingerprint"
		if f, ok := wire.Unvouched(err); ok {
			args["fingerprint"] = f.String()
		}
	case proxy != nil:
		code, args["proxy"] = "proxy", proxy.Host
	case errors.As(err, &plain):
		code = "notEncrypted"
	case errors.As(err, &dns) && dns.IsNotFound:
		code, args["host"] = "noHost", at.base.Hostname()
	case isRefused(err):
		code = "refused"
	case isTimeout(err):
		code = "timeout"
	case !at.connected.Load():
		code = "unreachable"
	}
	return Finding{code, args}
}

// notWebSocket tells of something that can be reached, but is no server for us.
func (at *origin) notWebSocket(g greeting) Finding {
	status := g.status
	if status == 0 {
		status = at.hello.status
	}
	if status == 0 {
		return Finding{"notHTTP", map[string]string{"host": at.base.Host}}
	}
	return Finding{"notWebSocket", map[string]string{"host": at.base.Host, "status": strconv.Itoa(status)}}
}

// What Windows says where others say ECONNREFUSED and ECONNRESET.
const (
	wsaReset   syscall.Errno = 10054
	wsaRefused syscall.Errno = 10061
)

func isRefused(err error) bool {
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, wsaRefused)
}

func isReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, wsaReset) || errors.Is(err, syscall.EPIPE)
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}

// Sentences returns the report in words, for whoever shows it as text: the
// findings, and what must be told to add the server. text returns the sentence
// of a key, as words.Words.Text does.
func (r Report) Sentences(language string, text func(key string, args map[string]string) string) []string {
	var out []string
	for _, f := range r.Findings {
		out = append(out, text("probe."+f.Code, f.Args))
	}
	labels := ""
	for i, p := range r.Missing {
		if i > 0 {
			labels += ", "
		}
		labels += p.Label.In(language)
	}
	if labels != "" {
		out = append(out, text("probe.missing", map[string]string{"params": labels}))
	}
	return out
}
