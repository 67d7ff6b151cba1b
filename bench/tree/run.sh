#!/usr/bin/env bash
# run.sh PYTHON GBM_PEERS.PY FOLDER: every configuration with LightGBM and with package tree in turn; FOLDER holds the matrices.
set -euo pipefail
python=$1 peers=$2 folder=$3
go build -o "$folder/tree" ./bench/tree
out=$folder/comparison.jsonl
: >"$out"
for repeat in ${REPEATS:-1}; do
	for matrix in rossmann m5; do
		for leaves in 31 255; do
			for threads in ${THREADS:-1 2}; do
				OMP_NUM_THREADS=$threads "$python" "$peers" --out "$folder" --one "lightgbm:$matrix:$leaves:$threads" >>"$out"
				"$folder/tree" -data "$folder" -matrix "$matrix" -leaves "$leaves" -threads "$threads" >>"$out"
			done
		done
	done
done
"$folder/tree" -table "$out"
