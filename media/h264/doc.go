// Package h264 takes apart what of H.264 (Recommendation ITU-T H.264) stands around
// the slices: the NAL units of byte streams (annex B) and messages to who shows
// the pictures (annex D). It decodes nothing, and what it reads may be anything.
//
// It imports nothing of this module.
package h264
