#!/usr/bin/env bash
# run.sh PYTHON GBM_PEERS.PY FOLDER: a table of every configuration with the peers and with package tree in turn; FOLDER holds the matrices.
# ROUNDS (200), THREADS ("1 2"), LEAVES ("31 255"), MATRICES ("rossmann m5") and PEERS ("lightgbm xgboost catboost") may be set. Results are
# kept in FOLDER/comparison-ROUNDS.jsonl: run again, it goes on where it was stopped; remove the file to begin anew.
set -euo pipefail
python=$1 peers=$2 folder=$3 rounds=${ROUNDS:-200}
out=$folder/comparison-$rounds.jsonl
go build -o "$folder/tree" ./bench/tree
touch "$out"
run() { # run LIBRARY MATRIX LEAVES THREADS COMMAND...: keeps the line it prints, unless there is one
	local key="\"lib\": *\"$1\", *\"matrix\": *\"$2\", *\"leaves\": *$3, *\"threads\": *$4,"
	shift 4
	if grep -q "$key" "$out"; then return; fi
	local line
	if line=$("$@" | tail -n 1); then
		echo "$line" >>"$out"
	else
		echo "failed, the table will lack it: $*" >&2
	fi
}
for matrix in ${MATRICES:-rossmann m5}; do
	for leaves in ${LEAVES:-31 255}; do
		for threads in ${THREADS:-1 2}; do
			export OMP_NUM_THREADS=$threads
			run tidewatch "$matrix" "$leaves" "$threads" \
				"$folder/tree" -data "$folder" -matrix "$matrix" -leaves "$leaves" -threads "$threads" -rounds "$rounds"
			for lib in ${PEERS:-lightgbm xgboost catboost}; do
				run "$lib" "$matrix" "$leaves" "$threads" \
					"$python" "$peers" --out "$folder" --rounds "$rounds" --one "$lib:$matrix:$leaves:$threads"
			done
		done
	done
done
"$folder/tree" -table "$out"
