;; What the tests of this package run.
(module
  (import "our" "double" (func $double (param i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "patched") (param i32 i32) (result i32) (i32.sub (local.get 0) (local.get 1)) nop nop nop)
  (func (export "double") (param i32) (result i32) (call $double (local.get 0)))
  (func (export "trap") unreachable)
  (func (export "grow") (result i32) (memory.grow (i32.const 300)))
  (func (export "outside") (result i32) (i32.load (i32.const 65536))))
