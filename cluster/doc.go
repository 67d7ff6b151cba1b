// Package cluster finds groups of rows of numbers that are alike: series by their shape, items and customers by what they do.
//
//	p, err := cluster.NewPoints(rows)
//	r, err := cluster.KMeans{K: 4}.Fit(ctx, p)
//	score, err := cluster.Silhouette(ctx, p, r.Labels, cluster.Euclidean, 2000, 1)
//
// The methods are structs whose zero fields are their documented defaults. Rows must be complete: unknown (NaN) and infinite values are an
// error that names the row, because every way to fill them changes what is alike. Equal rows always share a cluster; asking for more
// clusters than there are distinct rows is an error. Labels count from 0, in the order in which the clusters first appear among the rows,
// and -1 is noise. A fit is a function of its rows, its configuration and its seed: the number of processors changes nothing.
package cluster
