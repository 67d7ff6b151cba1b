// Package read turns files into typed, columnar batches of rows.
//
// [Open] looks at the first two megabytes of every file and recognises its compression, encoding, delimiter, header, columns, time
// format and layout; [Input.Recognised] says what was taken for what. [Input.Read] then streams the rows in the order of the files as
// [Batch] values, parsed on several cores but delivered in order, so that what is made of them does not depend on the number of
// workers. A row that cannot be understood is refused with its file, line, column and reason, and the rest is kept.
//
//	in, err := read.Open(ctx, []string{"orders.csv.gz"}, read.Options{})
//	fmt.Print(in.Recognised())
//	err = in.Read(ctx, []read.Field{{Role: read.Time, Kind: read.Moment}, {Role: read.Item, Kind: read.Text}}, func(b *read.Batch) error { ... })
//
// Memory is bounded by the block size and the number of workers, whatever the input: a row longer than [MaxRow] is refused, and
// compressed input is only ever unpacked block by block.
package read
