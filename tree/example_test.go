package tree_test

import (
	"context"
	"fmt"
	"log"

	"github.com/tidewatch/tidewatch/tree"
)

// Demand falls with the price and doubles on promotion.
func Example() {
	ctx := context.Background()
	x := [][]float64{{}, {}} // price, promotion
	var sold []float64
	for i := range 2000 {
		price, promotion := float64(i%10+1), float64(i/10%2)
		x[0], x[1] = append(x[0], price), append(x[1], promotion)
		sold = append(sold, (20-price)*(1+promotion))
	}
	ds, err := tree.NewDataset(ctx, tree.Data{X: tree.Columns[float64](x), Target: sold, Names: []string{"price", "promotion"}})
	if err != nil {
		log.Fatal(err)
	}
	m, err := tree.Train(ctx, ds, tree.Config{Objective: tree.Poisson{}, Rounds: 200})
	if err != nil {
		log.Fatal(err)
	}
	for _, row := range [][]float64{{5, 0}, {5, 1}} {
		p, err := m.PredictRow(row)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%.1f\n", p[0])
	}
	// Output:
	// 15.0
	// 30.0
}
