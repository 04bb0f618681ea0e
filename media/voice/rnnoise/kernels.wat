;; The sums of a layer of RNNoise's network, which take most of its time. Written for
;; vectors, eight neurons at once, they take a tenth of it. kernels.wasm is this file,
;; assembled by wat2wasm; patch.go puts the function into the module.
(module
  (import "c" "c" (memory 256))

  ;; sums fills out with what the neurons of a gate hear, in the very order of the module's own
  ;; loops: bias, plus weights times input, plus recurrent weights times state, and times reset where
  ;; that is not 0. $gru is the layer: bias, weights, recurrent weights, how many inputs, how many
  ;; neurons (all of ours: 24, 48, 96), activation. Weights are bytes, by input, then gate, then neuron.
  (func (export "sums") (param $gru i32) (param $gate i32) (param $input i32) (param $state i32) (param $reset i32) (param $out i32)
    (local $neurons i32) (local $stride i32) (local $first i32) (local $weight i32) (local $at i32) (local $end i32)
    (local $w v128) (local $x v128) (local $p v128) (local $q v128)
    (local.set $neurons (i32.load offset=16 (local.get $gru)))
    (local.set $stride (i32.mul (local.get $neurons) (i32.const 3)))
    (local.set $first (i32.mul (local.get $gate) (local.get $neurons)))
    (block $done
      (loop $eight
        (br_if $done (i32.le_s (local.get $neurons) (i32.const 0)))
        (local.set $w (v128.load8x8_s (i32.add (i32.load (local.get $gru)) (local.get $first))))
        (local.set $p (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_s (local.get $w))))
        (local.set $q (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_s (local.get $w))))
        (local.set $weight (i32.add (i32.load offset=4 (local.get $gru)) (local.get $first)))
        (local.set $at (local.get $input))
        (local.set $end (i32.add (local.get $at) (i32.shl (i32.load offset=12 (local.get $gru)) (i32.const 2))))
        (block $heard
          (loop $each
            (br_if $heard (i32.ge_u (local.get $at) (local.get $end)))
            (local.set $w (v128.load8x8_s (local.get $weight)))
            (local.set $x (v128.load32_splat (local.get $at)))
            (local.set $p (f32x4.add (local.get $p) (f32x4.mul
              (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_s (local.get $w))) (local.get $x))))
            (local.set $q (f32x4.add (local.get $q) (f32x4.mul
              (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_s (local.get $w))) (local.get $x))))
            (local.set $weight (i32.add (local.get $weight) (local.get $stride)))
            (local.set $at (i32.add (local.get $at) (i32.const 4)))
            (br $each)))
        (local.set $weight (i32.add (i32.load offset=8 (local.get $gru)) (local.get $first)))
        (local.set $at (i32.const 0))
        (local.set $end (i32.shl (i32.load offset=16 (local.get $gru)) (i32.const 2)))
        (loop $each
          (local.set $w (v128.load8x8_s (local.get $weight)))
          (local.set $x (v128.load32_splat (i32.add (local.get $state) (local.get $at))))
          (if (local.get $reset)
            (then
              (local.set $p (f32x4.add (local.get $p) (f32x4.mul (f32x4.mul
                (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_s (local.get $w))) (local.get $x))
                (v128.load32_splat (i32.add (local.get $reset) (local.get $at))))))
              (local.set $q (f32x4.add (local.get $q) (f32x4.mul (f32x4.mul
                (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_s (local.get $w))) (local.get $x))
                (v128.load32_splat (i32.add (local.get $reset) (local.get $at)))))))
            (else
              (local.set $p (f32x4.add (local.get $p) (f32x4.mul
                (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_s (local.get $w))) (local.get $x))))
              (local.set $q (f32x4.add (local.get $q) (f32x4.mul
                (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_s (local.get $w))) (local.get $x))))))
          (local.set $weight (i32.add (local.get $weight) (local.get $stride)))
          (local.set $at (i32.add (local.get $at) (i32.const 4)))
          (br_if $each (i32.lt_u (local.get $at) (local.get $end))))
        (v128.store (local.get $out) (local.get $p))
        (v128.store offset=16 (local.get $out) (local.get $q))
        (local.set $out (i32.add (local.get $out) (i32.const 32)))
        (local.set $first (i32.add (local.get $first) (i32.const 8)))
        (local.set $neurons (i32.sub (local.get $neurons) (i32.const 8)))
        (br $eight)))))
