// Package browser drives real browsers for the end-to-end tests: Chromium by the
// DevTools protocol and Firefox by WebDriver BiDi, behind one small interface.
// Pages see a camera and a microphone that need no permission.
//
// Everything but this sentence needs the build tag e2e.
package browser
