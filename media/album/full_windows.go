package album

import "syscall"

// fulls are ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL, readOnlys ERROR_WRITE_PROTECT.
func fulls() []error { return []error{syscall.Errno(112), syscall.Errno(39)} }

func readOnlys() []error { return []error{syscall.Errno(19)} }
