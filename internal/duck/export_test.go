//go:build cgo && ((linux && (amd64 || arm64)) || (darwin && (amd64 || arm64)) || (windows && amd64))

package duck

import "context"

// Copy loads a file of orders with the columns of Online Retail as DuckDB does it by itself.
func Copy(ctx context.Context, path, file string) error {
	s, err := open(path, true)
	if err != nil {
		return err
	}
	defer s.close()
	return s.run(ctx, `CREATE TABLE t (InvoiceNo VARCHAR, StockCode VARCHAR, Description VARCHAR, Quantity DOUBLE, InvoiceDate TIMESTAMP, UnitPrice DECIMAL(18,6), CustomerID VARCHAR, Country VARCHAR);
		COPY t FROM `+literal(file)+` (HEADER); CHECKPOINT`)
}
