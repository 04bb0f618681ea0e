package calltest

import (
	"fmt"
	"slices"
	"strings"

	"parley/call"
)

// plenty lets a scenario do whatever it says.
var plenty = Budget{Dials: 100, Acts: 100, Faults: 100}

// Play runs a scenario and returns it with what came of each line below it,
// indented, in place of what stood there before. A scenario has one action a
// line, as "ann dials" or "ben hears"; "settle" lets everything happen that
// happens by itself except timers. A first line "rules:" holds any of
// "offer-first", "offer-first ann", "offer-first ben", the same of "reversed",
// "once", "trickle" and "descending", separated by commas. Lines that begin with "#" are comments.
//
// The error tells which line cannot happen, or what broke a rule.
func Play(script string, step StepFunc) (string, error) {
	p := &player{rules: Rules{Step: step}, world: newWorld([2]Budget{plenty, plenty})}
	for number, line := range strings.Split(strings.TrimRight(script, "\n"), "\n") {
		if strings.HasPrefix(line, " ") {
			continue
		}
		p.out.WriteString(line + "\n")
		if err := p.line(line); err != nil {
			return p.out.String(), fmt.Errorf("line %d: %w", number+1, err)
		}
	}
	return p.out.String(), nil
}

type player struct {
	rules Rules
	world world
	out   strings.Builder
}

func (p *player) line(line string) error {
	rules, isRules := strings.CutPrefix(line, "rules:")
	switch {
	case line == "" || strings.HasPrefix(line, "#"):
		return nil
	case isRules:
		return p.rules.parse(rules)
	case line == "settle":
		return p.settle()
	}
	a, err := parseAction(line)
	if err != nil {
		return err
	}
	if !p.rules.can(&p.world, a) {
		return fmt.Errorf("%q cannot happen now", line)
	}
	return p.do(a)
}

// do plays one action and writes down the event, the effects, and how both
// sides stand after it.
func (p *player) do(a action) error {
	w, e, effects := p.rules.do(p.world, a)
	p.world = w
	p.write(a.who, e, effects)
	if w.wrong != "" {
		p.out.WriteString("    WRONG: " + w.wrong + "\n")
	}
	return nil
}

func (p *player) write(who int, e call.Event, effects []call.Effect) {
	if e != nil {
		fmt.Fprintf(&p.out, "    %s < %s\n", names[who], call.DescribeEvent(e))
	}
	for _, effect := range effects {
		fmt.Fprintf(&p.out, "    %s > %s\n", names[who], call.DescribeEffect(effect))
	}
	if e != nil {
		fmt.Fprintf(&p.out, "    %s = %s\n", names[who], call.DescribeState(p.world.sides[who].state))
	}
}

// settle takes turns, so that it does not prefer one side.
func (p *player) settle() error {
	for !p.rules.quiet(&p.world) {
		for _, a := range every {
			if a.verb.fair() && a.verb != timeout && p.rules.can(&p.world, a) {
				p.out.WriteString("  " + a.String() + "\n")
				if err := p.do(a); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// header writes what parse reads.
func (r *Rules) header() string {
	words := slices.Concat(whose("offer-first", r.OfferFirst), whose("reversed", r.Reversed))
	if r.Once {
		words = append(words, "once")
	}
	if r.Trickle {
		words = append(words, "trickle")
	}
	if r.Descending {
		words = append(words, "descending")
	}
	return "rules: " + strings.Join(words, ", ") + "\n"
}

// whose writes a rule with the side that it is for, if that is not both.
func whose(rule string, side [2]bool) []string {
	switch side {
	case [2]bool{true, true}:
		return []string{rule}
	case [2]bool{true, false}:
		return []string{rule + " " + names[0]}
	case [2]bool{false, true}:
		return []string{rule + " " + names[1]}
	}
	return nil
}

func (r *Rules) parse(text string) error {
	for word := range strings.SplitSeq(text, ",") {
		if word = strings.TrimSpace(word); word != "" && !r.set(word) {
			return fmt.Errorf("there is no rule %q", word)
		}
	}
	return nil
}

// set follows one word of a scenario's first line.
func (r *Rules) set(word string) (known bool) {
	switch word {
	case "once":
		r.Once = true
		return true
	case "trickle":
		r.Trickle = true
		return true
	case "descending":
		r.Descending = true
		return true
	}
	rule, name, one := strings.Cut(word, " ")
	sides := map[string]*[2]bool{"offer-first": &r.OfferFirst, "reversed": &r.Reversed}[rule]
	if sides == nil || one && !slices.Contains(names[:], name) {
		return false
	}
	for who := range sides {
		sides[who] = sides[who] || !one || names[who] == name
	}
	return true
}

// String returns the rules as a scenario's first line has them.
func (r Rules) String() string { return strings.TrimSpace(r.header()) }
