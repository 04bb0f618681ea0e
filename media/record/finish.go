package record

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/at-wat/ebml-go"
)

// finish writes what is left. A file that takes no more stays as it is, with its
// length in the head: that needs no room. One in which there is nothing is made empty.
func (p *part) finish() error {
	err := p.flush()
	if p.size == headEnd {
		return errors.Join(err, p.file.Truncate(0))
	}
	if err == nil {
		err = p.writeCues()
	}
	return errors.Join(err, p.renew(), p.closeSegment())
}

// writeCues writes where players can jump to.
func (p *part) writeCues() error {
	if len(p.cues) == 0 {
		return nil
	}
	c := struct {
		Cues struct {
			Point []cuePoint `ebml:"CuePoint"`
		} `ebml:"Cues"`
	}{}
	c.Cues.Point = p.cues
	var out bytes.Buffer
	if err := ebml.Marshal(&c, &out); err != nil {
		return fmt.Errorf("record: encode cues: %w", err)
	}
	at := p.size
	if err := p.append(out.Bytes()); err != nil {
		return err
	}
	p.index = at
	return nil
}

// sizeBytes is how many bytes the size of the segment has (RFC 8794 section 4).
const sizeBytes = 8

// closeSegment says how long the segment is, which was not known before.
func (p *part) closeSegment() error {
	size := binary.BigEndian.AppendUint64(nil, 1<<56|uint64(p.size-p.segment))
	if _, err := p.file.WriteAt(size, p.segment-sizeBytes); err != nil {
		return fmt.Errorf("record: write the size: %w", err)
	}
	return nil
}
