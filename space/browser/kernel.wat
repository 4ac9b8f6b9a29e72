;; What layers spend their time on: a matrix product, and what a norm needs.
;;
;; `multiply`, four rows by eight columns of the result at a time, for their sums fit in registers:
;;
;;   out[r, c] = activate(bias[c] + sum over k of a[r, k] * b[k, c]),    activate(y) = y > 0 ? y : slope * y
;;
;; Each row of `a` and of `out` has an address of its own. So a row of `a` can be what a convolution sees of an image:
;; `segments` runs of `length` numbers, with `skip` bytes between two runs. `b` lies in panels of eight columns: the
;; eight numbers of k = 0, then those of k = 1, and so on.
;;
;; `sums` and `affine` read rows of `width` numbers at the address `a`; `width` is a multiple of four:
;;
;;   sums[c] = sum over rows of a[r, c],    squares[c] = sum over rows of a[r, c]^2,    in float64, one behind the other
;;   a[r, c] = activate(scale[c] * a[r, c] + shift[c]),    `shift` behind `scale`
;;
;; `npm run kernel` writes the bytes of this file to kernel.js.
(module
  (memory (import "env" "memory") 1)
  (func (export "multiply")
    (param $rows i32) (param $outs i32) ;; addresses of the addresses of 4 * `tiles` rows
    (param $tiles i32)
    (param $b i32) (param $bias i32) (param $panels i32)
    (param $segments i32) (param $length i32) (param $skip i32)
    (param $slope f32)
    (local $row i32) (local $out i32) (local $tile i32) (local $segment i32) (local $k i32)
    (local $w i32) (local $column i32) (local $slopes v128)
    (local $a0 i32) (local $a1 i32) (local $a2 i32) (local $a3 i32)
    (local $x v128) (local $w0 v128) (local $w1 v128)
    (local $c00 v128) (local $c01 v128) (local $c10 v128) (local $c11 v128)
    (local $c20 v128) (local $c21 v128) (local $c30 v128) (local $c31 v128)
    (local.set $slopes (f32x4.splat (local.get $slope)))
    (loop $every_panel
      (local.set $row (local.get $rows))
      (local.set $out (local.get $outs))
      (local.set $tile (local.get $tiles))
      (loop $every_tile
        (local.set $a0 (i32.load offset=0 (local.get $row)))
        (local.set $a1 (i32.load offset=4 (local.get $row)))
        (local.set $a2 (i32.load offset=8 (local.get $row)))
        (local.set $a3 (i32.load offset=12 (local.get $row)))
        (local.set $c00 (v128.load offset=0 (local.get $bias)))
        (local.set $c01 (v128.load offset=16 (local.get $bias)))
        (local.set $c10 (local.get $c00))
        (local.set $c11 (local.get $c01))
        (local.set $c20 (local.get $c00))
        (local.set $c21 (local.get $c01))
        (local.set $c30 (local.get $c00))
        (local.set $c31 (local.get $c01))
        (local.set $w (local.get $b))
        (local.set $segment (local.get $segments))
        (loop $every_segment
          (local.set $k (local.get $length))
          (loop $every_k
            (local.set $w0 (v128.load offset=0 (local.get $w)))
            (local.set $w1 (v128.load offset=16 (local.get $w)))
            (local.set $x (v128.load32_splat (local.get $a0)))
            (local.set $c00 (f32x4.add (local.get $c00) (f32x4.mul (local.get $x) (local.get $w0))))
            (local.set $c01 (f32x4.add (local.get $c01) (f32x4.mul (local.get $x) (local.get $w1))))
            (local.set $x (v128.load32_splat (local.get $a1)))
            (local.set $c10 (f32x4.add (local.get $c10) (f32x4.mul (local.get $x) (local.get $w0))))
            (local.set $c11 (f32x4.add (local.get $c11) (f32x4.mul (local.get $x) (local.get $w1))))
            (local.set $x (v128.load32_splat (local.get $a2)))
            (local.set $c20 (f32x4.add (local.get $c20) (f32x4.mul (local.get $x) (local.get $w0))))
            (local.set $c21 (f32x4.add (local.get $c21) (f32x4.mul (local.get $x) (local.get $w1))))
            (local.set $x (v128.load32_splat (local.get $a3)))
            (local.set $c30 (f32x4.add (local.get $c30) (f32x4.mul (local.get $x) (local.get $w0))))
            (local.set $c31 (f32x4.add (local.get $c31) (f32x4.mul (local.get $x) (local.get $w1))))
            (local.set $a0 (i32.add (local.get $a0) (i32.const 4)))
            (local.set $a1 (i32.add (local.get $a1) (i32.const 4)))
            (local.set $a2 (i32.add (local.get $a2) (i32.const 4)))
            (local.set $a3 (i32.add (local.get $a3) (i32.const 4)))
            (local.set $w (i32.add (local.get $w) (i32.const 32)))
            (br_if $every_k (local.tee $k (i32.sub (local.get $k) (i32.const 1)))))
          (local.set $a0 (i32.add (local.get $a0) (local.get $skip)))
          (local.set $a1 (i32.add (local.get $a1) (local.get $skip)))
          (local.set $a2 (i32.add (local.get $a2) (local.get $skip)))
          (local.set $a3 (i32.add (local.get $a3) (local.get $skip)))
          (br_if $every_segment (local.tee $segment (i32.sub (local.get $segment) (i32.const 1)))))
        (local.set $a0 (i32.add (i32.load offset=0 (local.get $out)) (local.get $column)))
        (v128.store offset=0 (local.get $a0) (call $activate (local.get $c00) (local.get $slopes)))
        (v128.store offset=16 (local.get $a0) (call $activate (local.get $c01) (local.get $slopes)))
        (local.set $a1 (i32.add (i32.load offset=4 (local.get $out)) (local.get $column)))
        (v128.store offset=0 (local.get $a1) (call $activate (local.get $c10) (local.get $slopes)))
        (v128.store offset=16 (local.get $a1) (call $activate (local.get $c11) (local.get $slopes)))
        (local.set $a2 (i32.add (i32.load offset=8 (local.get $out)) (local.get $column)))
        (v128.store offset=0 (local.get $a2) (call $activate (local.get $c20) (local.get $slopes)))
        (v128.store offset=16 (local.get $a2) (call $activate (local.get $c21) (local.get $slopes)))
        (local.set $a3 (i32.add (i32.load offset=12 (local.get $out)) (local.get $column)))
        (v128.store offset=0 (local.get $a3) (call $activate (local.get $c30) (local.get $slopes)))
        (v128.store offset=16 (local.get $a3) (call $activate (local.get $c31) (local.get $slopes)))
        (local.set $row (i32.add (local.get $row) (i32.const 16)))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (br_if $every_tile (local.tee $tile (i32.sub (local.get $tile) (i32.const 1)))))
      (local.set $b (local.get $w))
      (local.set $bias (i32.add (local.get $bias) (i32.const 32)))
      (local.set $column (i32.add (local.get $column) (i32.const 32)))
      (br_if $every_panel (local.tee $panels (i32.sub (local.get $panels) (i32.const 1))))))
  (func (export "sums") (param $a i32) (param $count i32) (param $width i32) (param $sums i32)
    (local $x v128) (local $low v128) (local $high v128) (local $row i32) (local $left i32) (local $stride i32)
    (local $s0 v128) (local $s1 v128) (local $q0 v128) (local $q1 v128) (local $columns i32)
    (local.set $stride (i32.shl (local.get $width) (i32.const 2)))
    (local.set $columns (i32.shr_u (local.get $width) (i32.const 2)))
    (loop $every_four_columns
      (local.set $row (local.get $a))
      (local.set $left (local.get $count))
      (local.set $s0 (v128.const i64x2 0 0))
      (local.set $s1 (v128.const i64x2 0 0))
      (local.set $q0 (v128.const i64x2 0 0))
      (local.set $q1 (v128.const i64x2 0 0))
      (loop $every_row
        (local.set $x (v128.load (local.get $row)))
        (local.set $low (f64x2.promote_low_f32x4 (local.get $x)))
        (local.set $high
          (f64x2.promote_low_f32x4
            (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $x) (local.get $x))))
        (local.set $s0 (f64x2.add (local.get $s0) (local.get $low)))
        (local.set $s1 (f64x2.add (local.get $s1) (local.get $high)))
        (local.set $q0 (f64x2.add (local.get $q0) (f64x2.mul (local.get $low) (local.get $low))))
        (local.set $q1 (f64x2.add (local.get $q1) (f64x2.mul (local.get $high) (local.get $high))))
        (local.set $row (i32.add (local.get $row) (local.get $stride)))
        (br_if $every_row (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
      (v128.store offset=0 (local.get $sums) (local.get $s0))
      (v128.store offset=16 (local.get $sums) (local.get $s1))
      (local.set $row (i32.add (local.get $sums) (i32.shl (local.get $width) (i32.const 3))))
      (v128.store offset=0 (local.get $row) (local.get $q0))
      (v128.store offset=16 (local.get $row) (local.get $q1))
      (local.set $sums (i32.add (local.get $sums) (i32.const 32)))
      (local.set $a (i32.add (local.get $a) (i32.const 16)))
      (br_if $every_four_columns (local.tee $columns (i32.sub (local.get $columns) (i32.const 1))))))
  (func (export "affine") (param $a i32) (param $count i32) (param $width i32) (param $scale i32) (param $slope f32)
    (local $slopes v128) (local $stride i32) (local $column i32)
    (local.set $slopes (f32x4.splat (local.get $slope)))
    (local.set $stride (i32.shl (local.get $width) (i32.const 2)))
    (loop $every_row
      (local.set $column (i32.const 0))
      (loop $every_four_columns
        (v128.store (local.get $a)
          (call $activate
            (f32x4.add
              (f32x4.mul
                (v128.load (local.get $a))
                (v128.load (i32.add (local.get $scale) (local.get $column))))
              (v128.load
                (i32.add (i32.add (local.get $scale) (local.get $stride)) (local.get $column))))
            (local.get $slopes)))
        (local.set $a (i32.add (local.get $a) (i32.const 16)))
        (br_if $every_four_columns
          (i32.lt_u
            (local.tee $column (i32.add (local.get $column) (i32.const 16)))
            (local.get $stride))))
      (br_if $every_row (local.tee $count (i32.sub (local.get $count) (i32.const 1))))))
  (func $activate (param $y v128) (param $slopes v128) (result v128)
    (f32x4.add
      (f32x4.max (local.get $y) (v128.const f32x4 0 0 0 0))
      (f32x4.mul (local.get $slopes) (f32x4.min (local.get $y) (v128.const f32x4 0 0 0 0))))))
