//go:build !windows

package album

import "syscall"

// fulls are what a disk without room answers, or one on which the user has used up
// their share; readOnlys what one answers that takes nothing at all.
func fulls() []error { return []error{syscall.ENOSPC, syscall.EDQUOT} }

func readOnlys() []error { return []error{syscall.EROFS} }
