;; The inner loops of AEC3's delay search, which take most of its time: filters of
;; 512 taps are run and adapted at each of 4000 samples a second, five of them. Written for
;; vectors they are several times as fast. kernels.wasm is this file, assembled by
;; wat2wasm; patch.go puts the functions into the module, in the place of its loops.
;;
;; All work on a filter h of n taps and on a ring x of samples, of which the
;; newest is at start and the last, before it goes on at 0, at last. n is a
;; multiple of 4. Functions call no other and use no types, so that they need no relocation.
(module
  (import "a" "a" (memory 256))

  ;; dot returns the sum of h times x, and of x times x.
  (func (export "dot") (param $h i32) (param $x i32) (param $n i32) (param $start i32) (param $last i32) (result f32 f32)
    (local $at i32) (local $end i32) (local $run i32)
    (local $v v128) (local $s v128) (local $t v128) (local $q v128) (local $r v128)
    (local $one f32) (local $sum f32) (local $power f32)
    (local.set $run (i32.add (i32.sub (local.get $last) (local.get $start)) (i32.const 1)))
    (local.set $at (i32.add (local.get $x) (i32.shl (local.get $start) (i32.const 2))))
    (loop $runs
      (if (i32.gt_u (local.get $run) (local.get $n)) (then (local.set $run (local.get $n))))
      (local.set $n (i32.sub (local.get $n) (local.get $run)))
      (local.set $end (i32.add (local.get $h) (i32.shl (i32.and (local.get $run) (i32.const -16)) (i32.const 2))))
      (block $done
        (loop $sixteen
          (br_if $done (i32.ge_u (local.get $h) (local.get $end)))
          (local.set $v (v128.load offset=48 (local.get $at)))
          (local.set $t (f32x4.add (local.get $t) (f32x4.mul (local.get $v) (v128.load offset=48 (local.get $h)))))
          (local.set $r (f32x4.add (local.get $r) (f32x4.mul (local.get $v) (local.get $v))))
          (local.set $v (v128.load offset=32 (local.get $at)))
          (local.set $s (f32x4.add (local.get $s) (f32x4.mul (local.get $v) (v128.load offset=32 (local.get $h)))))
          (local.set $q (f32x4.add (local.get $q) (f32x4.mul (local.get $v) (local.get $v))))
          (local.set $v (v128.load offset=16 (local.get $at)))
          (local.set $t (f32x4.add (local.get $t) (f32x4.mul (local.get $v) (v128.load offset=16 (local.get $h)))))
          (local.set $r (f32x4.add (local.get $r) (f32x4.mul (local.get $v) (local.get $v))))
          (local.set $v (v128.load (local.get $at)))
          (local.set $s (f32x4.add (local.get $s) (f32x4.mul (local.get $v) (v128.load (local.get $h)))))
          (local.set $q (f32x4.add (local.get $q) (f32x4.mul (local.get $v) (local.get $v))))
          (local.set $at (i32.add (local.get $at) (i32.const 64)))
          (local.set $h (i32.add (local.get $h) (i32.const 64)))
          (br $sixteen)))
      (local.set $end (i32.add (local.get $end) (i32.shl (i32.and (local.get $run) (i32.const 15)) (i32.const 2))))
      (block $done
        (loop $each
          (br_if $done (i32.ge_u (local.get $h) (local.get $end)))
          (local.set $one (f32.load (local.get $at)))
          (local.set $sum (f32.add (local.get $sum) (f32.mul (local.get $one) (f32.load (local.get $h)))))
          (local.set $power (f32.add (local.get $power) (f32.mul (local.get $one) (local.get $one))))
          (local.set $at (i32.add (local.get $at) (i32.const 4)))
          (local.set $h (i32.add (local.get $h) (i32.const 4)))
          (br $each)))
      (local.set $at (local.get $x))
      (local.set $run (local.get $n))
      (br_if $runs (local.get $n)))
    (local.set $s (f32x4.add (local.get $s) (local.get $t)))
    (local.set $q (f32x4.add (local.get $q) (local.get $r)))
    (f32.add (local.get $sum) (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $s)) (f32x4.extract_lane 1 (local.get $s)))
      (f32.add (f32x4.extract_lane 2 (local.get $s)) (f32x4.extract_lane 3 (local.get $s)))))
    (f32.add (local.get $power) (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $q)) (f32x4.extract_lane 1 (local.get $q)))
      (f32.add (f32x4.extract_lane 2 (local.get $q)) (f32x4.extract_lane 3 (local.get $q))))))

  ;; errors is dot; besides, it adds to errors, for each four taps, the square of
  ;; what is left of y when the filter ends with them.
  (func (export "errors") (param $h i32) (param $x i32) (param $n i32) (param $start i32) (param $last i32)
      (param $errors i32) (param $y f32) (result f32 f32)
    (local $at i32) (local $v v128) (local $s v128) (local $q v128) (local $sum f32) (local $left f32) (local $tap i32)
    (block $done
      (loop $four
        (br_if $done (i32.eqz (local.get $n)))
        (local.set $at (i32.add (local.get $x) (i32.shl (local.get $start) (i32.const 2))))
        (if (i32.le_u (i32.add (local.get $start) (i32.const 3)) (local.get $last))
          (then
            (local.set $v (v128.load (local.get $at)))
            (local.set $start (i32.add (local.get $start) (i32.const 4)))
            (if (i32.gt_u (local.get $start) (local.get $last)) (then (local.set $start (i32.const 0)))))
          (else ;; the ring ends within these four
            (local.set $tap (i32.const 4))
            (loop $each
              (local.set $v (i8x16.shuffle 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 (local.get $v)
                (v128.load32_zero (i32.add (local.get $x) (i32.shl (local.get $start) (i32.const 2))))))
              (local.set $start (select (i32.add (local.get $start) (i32.const 1)) (i32.const 0)
                (i32.lt_u (local.get $start) (local.get $last))))
              (br_if $each (local.tee $tap (i32.sub (local.get $tap) (i32.const 1)))))))
        (local.set $q (f32x4.add (local.get $q) (f32x4.mul (local.get $v) (local.get $v))))
        (local.set $s (f32x4.mul (local.get $v) (v128.load (local.get $h))))
        (local.set $sum (f32.add (local.get $sum) (f32.add
          (f32.add (f32x4.extract_lane 0 (local.get $s)) (f32x4.extract_lane 1 (local.get $s)))
          (f32.add (f32x4.extract_lane 2 (local.get $s)) (f32x4.extract_lane 3 (local.get $s))))))
        (local.set $left (f32.sub (local.get $y) (local.get $sum)))
        (f32.store (local.get $errors)
          (f32.add (f32.load (local.get $errors)) (f32.mul (local.get $left) (local.get $left))))
        (local.set $errors (i32.add (local.get $errors) (i32.const 4)))
        (local.set $h (i32.add (local.get $h) (i32.const 16)))
        (local.set $n (i32.sub (local.get $n) (i32.const 4)))
        (br $four)))
    (local.get $sum)
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $q)) (f32x4.extract_lane 1 (local.get $q)))
      (f32.add (f32x4.extract_lane 2 (local.get $q)) (f32x4.extract_lane 3 (local.get $q)))))

  ;; adapt adds to h what x is times rate.
  (func (export "adapt") (param $h i32) (param $x i32) (param $n i32) (param $start i32) (param $last i32) (param $rate f32)
    (local $at i32) (local $end i32) (local $run i32) (local $v v128)
    (local.set $v (f32x4.splat (local.get $rate)))
    (local.set $run (i32.add (i32.sub (local.get $last) (local.get $start)) (i32.const 1)))
    (local.set $at (i32.add (local.get $x) (i32.shl (local.get $start) (i32.const 2))))
    (loop $runs
      (if (i32.gt_u (local.get $run) (local.get $n)) (then (local.set $run (local.get $n))))
      (local.set $n (i32.sub (local.get $n) (local.get $run)))
      (local.set $end (i32.add (local.get $h) (i32.shl (i32.and (local.get $run) (i32.const -16)) (i32.const 2))))
      (block $done
        (loop $sixteen
          (br_if $done (i32.ge_u (local.get $h) (local.get $end)))
          (v128.store offset=48 (local.get $h)
            (f32x4.add (v128.load offset=48 (local.get $h)) (f32x4.mul (local.get $v) (v128.load offset=48 (local.get $at)))))
          (v128.store offset=32 (local.get $h)
            (f32x4.add (v128.load offset=32 (local.get $h)) (f32x4.mul (local.get $v) (v128.load offset=32 (local.get $at)))))
          (v128.store offset=16 (local.get $h)
            (f32x4.add (v128.load offset=16 (local.get $h)) (f32x4.mul (local.get $v) (v128.load offset=16 (local.get $at)))))
          (v128.store (local.get $h)
            (f32x4.add (v128.load (local.get $h)) (f32x4.mul (local.get $v) (v128.load (local.get $at)))))
          (local.set $at (i32.add (local.get $at) (i32.const 64)))
          (local.set $h (i32.add (local.get $h) (i32.const 64)))
          (br $sixteen)))
      (local.set $end (i32.add (local.get $end) (i32.shl (i32.and (local.get $run) (i32.const 15)) (i32.const 2))))
      (block $done
        (loop $each
          (br_if $done (i32.ge_u (local.get $h) (local.get $end)))
          (f32.store (local.get $h) (f32.add (f32.load (local.get $h)) (f32.mul (local.get $rate) (f32.load (local.get $at)))))
          (local.set $at (i32.add (local.get $at) (i32.const 4)))
          (local.set $h (i32.add (local.get $h) (i32.const 4)))
          (br $each)))
      (local.set $at (local.get $x))
      (local.set $run (local.get $n))
      (br_if $runs (local.get $n))))

  ;; filter adds to out, 144 samples, what is in, filtered with four taps that are
  ;; four samples apart. This is the core of the filter bank that makes three bands of the sound.
  (func (export "filter") (param $in i32) (param $taps i32) (param $out i32)
    (local $end i32) (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local.set $a (v128.load32_splat (local.get $taps)))
    (local.set $b (v128.load32_splat offset=4 (local.get $taps)))
    (local.set $c (v128.load32_splat offset=8 (local.get $taps)))
    (local.set $d (v128.load32_splat offset=12 (local.get $taps)))
    (local.set $in (i32.sub (local.get $in) (i32.const 48)))
    (local.set $end (i32.add (local.get $out) (i32.const 576)))
    (loop $four
      (v128.store (local.get $out)
        (f32x4.add (f32x4.mul (local.get $d) (v128.load (local.get $in)))
        (f32x4.add (f32x4.mul (local.get $c) (v128.load offset=16 (local.get $in)))
        (f32x4.add (f32x4.mul (local.get $b) (v128.load offset=32 (local.get $in)))
        (f32x4.add (f32x4.mul (local.get $a) (v128.load offset=48 (local.get $in)))
          (v128.load (local.get $out)))))))
      (local.set $in (i32.add (local.get $in) (i32.const 16)))
      (br_if $four (i32.lt_u (local.tee $out (i32.add (local.get $out) (i32.const 16))) (local.get $end)))))

  ;; multiply adds a times b to sum. Each is a spectrum: the 65 real parts of
  ;; complex numbers, then the 65 imaginary parts.
  (func (export "multiply") (param $sum i32) (param $a i32) (param $b i32)
    (local $end i32) (local $ar v128) (local $ai v128) (local $br v128) (local $bi v128)
    (local.set $end (i32.add (local.get $sum) (i32.const 256)))
    (loop $four
      (local.set $ar (v128.load (local.get $a)))
      (local.set $ai (v128.load offset=260 (local.get $a)))
      (local.set $br (v128.load (local.get $b)))
      (local.set $bi (v128.load offset=260 (local.get $b)))
      (v128.store (local.get $sum) (f32x4.add (v128.load (local.get $sum))
        (f32x4.sub (f32x4.mul (local.get $ar) (local.get $br)) (f32x4.mul (local.get $ai) (local.get $bi)))))
      (v128.store offset=260 (local.get $sum) (f32x4.add (v128.load offset=260 (local.get $sum))
        (f32x4.add (f32x4.mul (local.get $ar) (local.get $bi)) (f32x4.mul (local.get $ai) (local.get $br)))))
      (local.set $a (i32.add (local.get $a) (i32.const 16)))
      (local.set $b (i32.add (local.get $b) (i32.const 16)))
      (br_if $four (i32.lt_u (local.tee $sum (i32.add (local.get $sum) (i32.const 16))) (local.get $end))))
    (f32.store (local.get $sum) (f32.add (f32.load (local.get $sum)) (f32.sub
      (f32.mul (f32.load (local.get $a)) (f32.load (local.get $b)))
      (f32.mul (f32.load offset=260 (local.get $a)) (f32.load offset=260 (local.get $b))))))
    (f32.store offset=260 (local.get $sum) (f32.add (f32.load offset=260 (local.get $sum)) (f32.add
      (f32.mul (f32.load (local.get $a)) (f32.load offset=260 (local.get $b)))
      (f32.mul (f32.load offset=260 (local.get $a)) (f32.load (local.get $b)))))))

  ;; correlate is multiply with the conjugate of a.
  (func (export "correlate") (param $sum i32) (param $a i32) (param $b i32)
    (local $end i32) (local $ar v128) (local $ai v128) (local $br v128) (local $bi v128)
    (local.set $end (i32.add (local.get $sum) (i32.const 256)))
    (loop $four
      (local.set $ar (v128.load (local.get $a)))
      (local.set $ai (v128.load offset=260 (local.get $a)))
      (local.set $br (v128.load (local.get $b)))
      (local.set $bi (v128.load offset=260 (local.get $b)))
      (v128.store (local.get $sum) (f32x4.add (v128.load (local.get $sum))
        (f32x4.add (f32x4.mul (local.get $ar) (local.get $br)) (f32x4.mul (local.get $ai) (local.get $bi)))))
      (v128.store offset=260 (local.get $sum) (f32x4.add (v128.load offset=260 (local.get $sum))
        (f32x4.sub (f32x4.mul (local.get $ar) (local.get $bi)) (f32x4.mul (local.get $ai) (local.get $br)))))
      (local.set $a (i32.add (local.get $a) (i32.const 16)))
      (local.set $b (i32.add (local.get $b) (i32.const 16)))
      (br_if $four (i32.lt_u (local.tee $sum (i32.add (local.get $sum) (i32.const 16))) (local.get $end))))
    (f32.store (local.get $sum) (f32.add (f32.load (local.get $sum)) (f32.add
      (f32.mul (f32.load (local.get $a)) (f32.load (local.get $b)))
      (f32.mul (f32.load offset=260 (local.get $a)) (f32.load offset=260 (local.get $b))))))
    (f32.store offset=260 (local.get $sum) (f32.add (f32.load offset=260 (local.get $sum)) (f32.sub
      (f32.mul (f32.load (local.get $a)) (f32.load offset=260 (local.get $b)))
      (f32.mul (f32.load offset=260 (local.get $a)) (f32.load (local.get $b))))))))
