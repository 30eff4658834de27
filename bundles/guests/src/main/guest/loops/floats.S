/* 4 million rounds of double and single arithmetic with a division and conversions. About 56 M instructions. */
#include "loop.h"
run:
    li s0, 4000000
    li t0, 3
    fcvt.d.l fa0, t0
    li t0, 7
    fcvt.d.l fa1, t0
    fdiv.d fa2, fa0, fa1
    fmv.d fa3, fa0
    fcvt.s.d fa4, fa2
    fmv.s fa5, fa4
1:  fmadd.d fa3, fa2, fa3, fa1
    fmul.d ft0, fa3, fa2
    fadd.d ft1, ft0, fa0
    fsub.d ft2, ft1, fa3
    fdiv.d ft3, ft2, fa1
    fmadd.s fa5, fa4, fa5, fa4
    fadd.s ft4, fa5, fa4
    flt.d t0, ft3, fa0
    fcvt.l.d t1, ft1, rtz
    fcvt.d.l ft5, t1
    add t2, t0, t1
    fmin.d ft6, ft5, ft3
    addi s0, s0, -1
    bnez s0, 1b
    ret
