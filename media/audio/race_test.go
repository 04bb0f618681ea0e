//go:build race

package audio

// hurry shortens what takes long while races are looked for.
const hurry = 15
