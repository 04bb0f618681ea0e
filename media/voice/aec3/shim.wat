;; What AEC3's module imports: its memory, and six functions of its compiler's run-time
;; library. There are no files, so that what it would print is swallowed; exceptions
;; are traps. shim.wasm is this file, assembled by wat2wasm.
(module
  (memory (export "a") 256 256) ;; 16 MB, never more
  (func (export "b") (param i32 i32 i32) unreachable) ;; throw an exception
  (func (export "c") unreachable) ;; abort
  (func (export "d") (param i32 i32 i32 i32) (result i32) i32.const 0) ;; write to a file
  (func (export "e") (param i32 i32 i32 i32 i32) (result i32) i32.const 0) ;; seek in it
  (func (export "f") (param i32) (result i32) i32.const 0) ;; close it
  (func (export "g") (param i32) (result i32) i32.const 0)) ;; grow the memory: it cannot
