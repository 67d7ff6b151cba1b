#include "textflag.h"

// One lane: its byte at i(AX) says which of the 257 bins of 8 bytes from R12 + 2056*i on gets BX.
#define LANE(i) \
	MOVBLZX i(AX), CX \
	ADDQ BX, (i*2056)(R12)(CX*8)

// func accumulateRows(hist *int64, data *uint8, stride int, rows, gh *uint32, n, lanes int)
TEXT ·accumulateRows(SB), NOSPLIT, $0-56
	MOVQ hist+0(FP), R13
	MOVQ data+8(FP), R9
	MOVQ stride+16(FP), R10
	MOVQ rows+24(FP), SI
	MOVQ gh+32(FP), DI
	MOVQ n+40(FP), R8
	MOVQ lanes+48(FP), R11

row:
	MOVL  64(SI), DX          // the row 16 rows ahead; past the end it is any number, which a prefetch does not mind
	IMULQ R10, DX
	PREFETCHT0 (R9)(DX*1)
	MOVL  (SI), AX
	IMULQ R10, AX
	ADDQ  R9, AX
	MOVLQSX (DI), BX
	MOVWLZX (DI), CX
	SARQ  $16, BX
	SHLQ  $32, BX
	ORQ   CX, BX
	MOVQ  R13, R12
	TESTQ $16, R11
	JNE   sixteen
	TESTQ $8, R11
	JEQ   four
	LANE(0)
	LANE(1)
	LANE(2)
	LANE(3)
	LANE(4)
	LANE(5)
	LANE(6)
	LANE(7)
	ADDQ  $8, AX
	ADDQ  $(8*2056), R12

four:
	TESTQ $4, R11
	JEQ   two
	LANE(0)
	LANE(1)
	LANE(2)
	LANE(3)
	ADDQ  $4, AX
	ADDQ  $(4*2056), R12

two:
	TESTQ $2, R11
	JEQ   one
	LANE(0)
	LANE(1)
	ADDQ  $2, AX
	ADDQ  $(2*2056), R12

one:
	TESTQ $1, R11
	JEQ   next
	LANE(0)

next:
	ADDQ $4, SI
	ADDQ $4, DI
	DECQ R8
	JNE  row
	RET

sixteen:
	LANE(0)
	LANE(1)
	LANE(2)
	LANE(3)
	LANE(4)
	LANE(5)
	LANE(6)
	LANE(7)
	LANE(8)
	LANE(9)
	LANE(10)
	LANE(11)
	LANE(12)
	LANE(13)
	LANE(14)
	LANE(15)
	JMP  next

// func partition16(column *uint8, s *sides, rows, gh, right, rightGH *uint32, groups int) (left int)
TEXT ·partition16(SB), NOSPLIT, $0-64
	MOVQ column+0(FP), AX
	MOVQ s+8(FP), BX
	MOVQ rows+16(FP), SI
	MOVQ gh+24(FP), DI
	MOVQ right+32(FP), R8
	MOVQ rightGH+40(FP), R9
	MOVQ groups+48(FP), CX
	MOVQ SI, R10              // where the next left row goes
	MOVQ DI, R11
	MOVL $255, DX
	VPBROADCASTD DX, Z10

group:
	VMOVDQU32  (SI), Z0
	VMOVDQU32  (DI), Z1
	KXNORW     K1, K1, K1
	VPXORD     Z2, Z2, Z2
	VPGATHERDD (AX)(Z0*1), K1, Z2
	VPANDD     Z10, Z2, Z2
	KXNORW     K2, K2, K2
	VPXORD     Z3, Z3, Z3
	VPGATHERDD (BX)(Z2*4), K2, Z3
	VPTESTMD   Z3, Z3, K3
	KNOTW      K3, K4
	KMOVW      K3, DX
	POPCNTL    DX, DX
	VPCOMPRESSD Z0, K3, Z4
	VPCOMPRESSD Z1, K3, Z5
	VPCOMPRESSD Z0, K4, Z6
	VPCOMPRESSD Z1, K4, Z7
	VMOVDQU32  Z4, (R10)
	VMOVDQU32  Z5, (R11)
	VMOVDQU32  Z6, (R8)
	VMOVDQU32  Z7, (R9)
	LEAQ (R10)(DX*4), R10
	LEAQ (R11)(DX*4), R11
	MOVL $16, R12
	SUBQ DX, R12
	LEAQ (R8)(R12*4), R8
	LEAQ (R9)(R12*4), R9
	ADDQ $64, SI
	ADDQ $64, DI
	DECQ CX
	JNE  group
	SUBQ rows+16(FP), R10
	SHRQ $2, R10
	MOVQ R10, left+56(FP)
	VZEROUPPER
	RET

// 1 << (i & 7) for i = 0 ... 15.
DATA bitOf<>+0(SB)/8, $0x8040201008040201
DATA bitOf<>+8(SB)/8, $0x8040201008040201
GLOBL bitOf<>(SB), RODATA|NOPTR, $16

// func walk64(nodes *fastNode, n int, sets *[4]uint64, leaves *float64, bytes *uint8, score *[blockRows]float64, reach *[2*fastLeaves]uint64)
//
// reach is for the set of the block's rows that come to every node, then every leaf.
TEXT ·walk64(SB), NOSPLIT, $64-56
	MOVQ nodes+0(FP), SI
	MOVQ n+8(FP), R8
	MOVQ sets+16(FP), R9
	MOVQ bytes+32(FP), DI
	MOVQ reach+48(FP), R10
	MOVQ $-1, AX
	MOVQ AX, (R10)
	MOVQ R10, R11
	MOVQ R8, CX

node:
	MOVL (SI), AX
	MOVL 4(SI), BX
	MOVL 8(SI), DX
	VMOVDQU8 (DI)(AX*1), Z0
	MOVQ (R11), R13
	CMPB 13(SI), $0
	JNE  set
	VPBROADCASTB 12(SI), Z1
	VPCMPUB $2, Z1, Z0, K1    // byte <= threshold
	KMOVQ K1, R12

divide:
	ANDQ  R13, R12
	XORQ  R12, R13
	MOVQ  R12, (R10)(BX*8)
	MOVQ  R13, (R10)(DX*8)
	ADDQ  $24, SI
	ADDQ  $8, R11
	DECQ  CX
	JNE   node

	// The number of each row's leaf.
	VPXORD Z0, Z0, Z0
	VPXORD Z1, Z1, Z1
	MOVL   $1, AX
	VPBROADCASTB AX, Z2
	MOVQ   R8, CX
leaf:
	ADDQ   $8, R11
	VPADDB Z2, Z1, Z1
	KMOVQ  (R11), K1
	VMOVDQU8 Z1, K1, Z0
	DECQ   CX
	JNE    leaf
	VMOVDQU8 Z0, (SP)

	// The values of the leaves.
	MOVQ leaves+24(FP), AX
	MOVQ score+40(FP), BX
	XORQ CX, CX
value:
	VPMOVZXBQ (SP)(CX*1), Z0
	KXNORB K1, K1, K1
	VPXORQ Z1, Z1, Z1
	VGATHERQPD (AX)(Z0*8), K1, Z1
	VADDPD (BX)(CX*8), Z1, Z1
	VMOVUPD Z1, (BX)(CX*8)
	ADDQ $8, CX
	CMPQ CX, $64
	JLT  value
	VZEROUPPER
	RET

set:
	// Bit b&7 of byte b>>3 of the 32 bytes of the node's set.
	MOVL 16(SI), R12
	SHLQ $5, R12
	VBROADCASTI32X4 (R9)(R12*1), Z1
	VBROADCASTI32X4 16(R9)(R12*1), Z2
	VBROADCASTI32X4 bitOf<>(SB), Z3
	MOVL $15, R12
	VPBROADCASTB R12, Z4
	VPSRLW   $3, Z0, Z5
	VPANDD   Z4, Z5, Z5
	VPSHUFB  Z5, Z1, Z1
	VPSHUFB  Z5, Z2, Z2
	VPMOVB2M Z0, K1
	VMOVDQU8 Z2, K1, Z1
	VPANDD   Z4, Z0, Z0
	VPSHUFB  Z0, Z3, Z3
	VPTESTMB Z1, Z3, K1
	KMOVQ    K1, R12
	JMP      divide

// One step of the search of 8 values x: at is their place so far, the step is in Z8.
#define STEP(x, at) \
	VPADDQ Z8, at, Z12 \
	KXNORB K1, K1, K1 \
	VXORPD Z13, Z13, Z13 \
	VGATHERQPD -8(AX)(Z12*8), K1, Z13 \
	VCMPPD $0x11, x, Z13, K2 \
	VMOVDQA64 Z12, K2, at

// func below32(edges *float64, top int, dst *uint8, values *float64, groups int)
TEXT ·below32(SB), NOSPLIT, $0-40
	MOVQ edges+0(FP), AX
	MOVQ dst+16(FP), DI
	MOVQ values+24(FP), SI
	MOVQ groups+32(FP), CX

values:
	VMOVUPD (SI), Z0
	VMOVUPD 64(SI), Z1
	VMOVUPD 128(SI), Z2
	VMOVUPD 192(SI), Z3
	VPXORQ  Z4, Z4, Z4
	VPXORQ  Z5, Z5, Z5
	VPXORQ  Z6, Z6, Z6
	VPXORQ  Z7, Z7, Z7
	MOVQ    top+8(FP), BX

step:
	VPBROADCASTQ BX, Z8
	STEP(Z0, Z4)
	STEP(Z1, Z5)
	STEP(Z2, Z6)
	STEP(Z3, Z7)
	SHRQ $1, BX
	JNE  step
	VPMOVQB Z4, (DI)
	VPMOVQB Z5, 8(DI)
	VPMOVQB Z6, 16(DI)
	VPMOVQB Z7, 24(DI)
	ADDQ $256, SI
	ADDQ $32, DI
	DECQ CX
	JNE  values
	VZEROUPPER
	RET
