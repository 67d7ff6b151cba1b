// Package bundled holds the real data that the demo runs on: Online Retail, all 541,909 invoice lines of a British online shop for gifts
// from 1 December 2010 to 9 December 2011. NOTICE.md beside it names its makers, source and licence (CC BY 4.0).
package bundled

import (
	_ "embed"

	"github.com/tidewatch/tidewatch/read"
)

//go:embed online_retail_2010-12_2011-12.csv.zst
var onlineRetail []byte

//go:embed NOTICE.md
var notice string

// OnlineRetail is the data as a source to read: CSV packed by zstd. Its layout is recognised as online-retail.
func OnlineRetail() read.Source {
	return read.Bytes("online_retail_2010-12_2011-12.csv.zst", onlineRetail)
}

// Notice is the attribution that its licence asks for, to be shown where its data is.
func Notice() string { return notice }
