package h264

// Colours is what a sequence parameter set tells of how red, green and blue became
// samples (section E.2.1).
type Colours struct {
	Matrix uint8 // matrix_coefficients, numbers of table E-5 and Recommendation ITU-T H.273
	Full   bool  // the samples have the full range
}

// Unspecified is the Matrix of who tells none.
const Unspecified = 2

// ColoursOf returns what the first sequence parameter set of an access unit tells; false
// if it has none, or one that cannot be read.
func ColoursOf(access []byte) (Colours, bool) {
	found := Index(access, SPS)
	if found < 0 {
		return Colours{}, false
	}
	unit := access[found+next(access[found:]):]
	if following := next(unit); following >= 0 {
		unit = unit[:following-3]
	}
	return readColours(unescaped(unit[1:]))
}

// readColours reads seq_parameter_set_data (section 7.3.2.1.1) as far as the colours.
func readColours(payload []byte) (Colours, bool) {
	r := reader{bytes: payload}
	profile := r.bits(8)
	r.bits(16)   // constraints and level
	r.unsigned() // seq_parameter_set_id
	if tellsChroma(profile) {
		r.skipChroma()
	}
	r.unsigned() // log2_max_frame_num_minus4
	r.skipOrder()
	r.unsigned() // max_num_ref_frames
	r.bit()      // gaps_in_frame_num_value_allowed_flag
	r.unsigned() // pic_width_in_mbs_minus1
	r.unsigned() // pic_height_in_map_units_minus1
	if r.bit() == 0 {
		r.bit() // mb_adaptive_frame_field_flag
	}
	r.bit()           // direct_8x8_inference_flag
	if r.bit() == 1 { // frame_cropping_flag
		for range 4 {
			r.unsigned()
		}
	}
	c := Colours{Matrix: Unspecified}
	if r.bit() == 1 { // vui_parameters_present_flag
		c = r.usability()
	}
	return c, !r.short
}

// tellsChroma reports whether parameter sets of a profile tell how chroma is sampled.
func tellsChroma(profile uint32) bool {
	switch profile {
	case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135:
		return true
	}
	return false
}

// skipChroma reads over what only those have that tell it.
func (r *reader) skipChroma() {
	const separate = 3 // chroma_format_idc: 4:4:4
	lists := 8
	if r.unsigned() == separate {
		r.bit() // separate_colour_plane_flag
		lists = 12
	}
	r.unsigned()      // bit_depth_luma_minus8
	r.unsigned()      // bit_depth_chroma_minus8
	r.bit()           // qpprime_y_zero_transform_bypass_flag
	if r.bit() == 0 { // seq_scaling_matrix_present_flag
		return
	}
	for i := range lists {
		if r.bit() == 0 {
			continue
		}
		size := 16
		if i >= 6 {
			size = 64
		}
		r.skipScaling(size)
	}
}

// skipScaling reads over a scaling_list (section 7.3.2.1.1.1).
func (r *reader) skipScaling(size int) {
	for last, i := int32(8), 0; i < size && !r.short; i++ {
		if last = (last + r.signed() + 256) % 256; last == 0 {
			return // the rest are as the one before
		}
	}
}

// skipOrder reads over how pictures are put in the order of their display.
func (r *reader) skipOrder() {
	switch r.unsigned() { // pic_order_cnt_type
	case 0:
		r.unsigned() // log2_max_pic_order_cnt_lsb_minus4
	case 1:
		r.bit()    // delta_pic_order_always_zero_flag
		r.signed() // offset_for_non_ref_pic
		r.signed() // offset_for_top_to_bottom_field
		for n := r.unsigned(); n > 0 && !r.short; n-- {
			r.signed() // offset_for_ref_frame
		}
	}
}

// usability reads vui_parameters (section E.1.1) as far as the colours.
func (r *reader) usability() Colours {
	const extended = 255 // aspect_ratio_idc: its numbers follow
	if r.bit() == 1 && r.bits(8) == extended {
		r.bits(32)
	}
	if r.bit() == 1 { // overscan_info_present_flag
		r.bit()
	}
	c := Colours{Matrix: Unspecified}
	if r.bit() == 0 { // video_signal_type_present_flag
		return c
	}
	r.bits(3) // video_format
	c.Full = r.bit() == 1
	if r.bit() == 1 { // colour_description_present_flag
		r.bits(16) // primaries and transfer
		c.Matrix = uint8(r.bits(8))
	}
	return c
}
