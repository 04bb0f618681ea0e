package parity

// polynomial is that of the field, x^8 + x^4 + x^3 + x^2 + 1 (RFC 5510 section 8.1).
const polynomial = 0x11d

// order is of the group of what is not 0 in the field.
const order = 255

// field is GF(2^8): sums are exclusive ors, products are sums of logarithms. Not
// ready as zero value.
type field struct {
	power     [2 * order]byte // of 2
	logarithm [order + 1]uint8
}

func newField() *field {
	f := &field{}
	value := 1
	for i := range order {
		f.power[i], f.power[i+order] = byte(value), byte(value)
		f.logarithm[value] = uint8(i)
		if value <<= 1; value > order {
			value ^= polynomial
		}
	}
	return f
}

func (f *field) times(a, b byte) byte {
	if a == 0 || b == 0 {
		return 0
	}
	return f.power[int(f.logarithm[a])+int(f.logarithm[b])]
}

// inverse is that of what is not 0.
func (f *field) inverse(a byte) byte { return f.power[order-int(f.logarithm[a])] }

// addTimes adds a multiple of one row to another that is at least as long.
func (f *field) addTimes(to, from []byte, factor byte) {
	to = to[:len(from)]
	switch {
	case factor == 0 || len(from) == 0:
		return
	case factor == 1:
		for i, b := range from {
			to[i] ^= b
		}
		return
	}
	var products [order + 1]byte
	shift := int(f.logarithm[factor])
	for b := 1; b <= order; b++ {
		products[b] = f.power[int(f.logarithm[b])+shift]
	}
	for i, b := range from {
		to[i] ^= products[b]
	}
}

// coefficient is how often a packet of a block is in one of its parity: a Cauchy
// matrix, of which every square part can be inverted, with each column divided by its
// first element, which does not change that.
func (f *field) coefficient(parity, packet int) byte {
	y := byte(MostParity + packet)
	return f.times(y, f.inverse(byte(parity)^y))
}
