// Package clip reads and writes the plainest files of moving pictures and of
// sound: YUV4MPEG2 (Y4M) and motion JPEG as stand-ins for a camera, WAV as a
// stand-in for microphone and loudspeaker. Files may be anything: what is not
// understood is an error. It may import the standard library, media and
// media/sinc only.
package clip
