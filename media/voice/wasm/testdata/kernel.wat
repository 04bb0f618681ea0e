;; A function that is put behind those of probe.wat.
(module (func (param f32 f32) (result f32) (f32.mul (local.get 0) (local.get 1))) (func (param i32 i32) (result i32) (i32.mul (local.get 0) (local.get 1))))
