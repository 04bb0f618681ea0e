// Package e2e tests Parley as its users meet it: real browsers, the real window
// on a display of its own, and programs that are started as processes. Its tests
// need the build tag e2e, and the path of the built program in PARLEY where they
// start it.
package e2e
