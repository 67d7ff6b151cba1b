#!/usr/bin/env bash
# run.sh PYTHON GBM_PEERS.PY FOLDER: every configuration with LightGBM and with package tree in turn; FOLDER holds the matrices.
# ROUNDS (200), THREADS ("1 2") and REPEATS (1) may be set.
set -euo pipefail
python=$1 peers=$2 folder=$3 rounds=${ROUNDS:-200}
go build -o "$folder/tree" ./bench/tree
out=$folder/comparison.jsonl
: >"$out"
for _ in $(seq "${REPEATS:-1}"); do
	for matrix in rossmann m5; do
		for leaves in 31 255; do
			for threads in ${THREADS:-1 2}; do
				OMP_NUM_THREADS=$threads "$python" "$peers" --out "$folder" --rounds "$rounds" --one "lightgbm:$matrix:$leaves:$threads" >>"$out"
				"$folder/tree" -data "$folder" -matrix "$matrix" -leaves "$leaves" -threads "$threads" -rounds "$rounds" >>"$out"
			done
		done
	done
done
"$folder/tree" -table "$out"
