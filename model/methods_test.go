package model_test

import (
	"testing"

	"github.com/tidewatch/tidewatch/fleet/modeltest"
	"github.com/tidewatch/tidewatch/model"
)

// claims is what each method promises beyond the suite. A new row of the table needs a row here.
var claims = map[string]modeltest.Claims{
	"naive":             {Scales: true, Shifts: true, Refit: true},
	"snaive":            {Scales: true, Shifts: true, Refit: true},
	"snaive(4)":         {Scales: true, Shifts: true, Refit: true},
	"drift":             {Scales: true, Shifts: true, Refit: true, MinSize: 3},
	"mean":              {Scales: true, Shifts: true, Refit: true, MinSize: 2},
	"window":            {Scales: true, Shifts: true, Refit: true},
	"window(24)":        {Scales: true, Shifts: true, Refit: true},
	"window(season)":    {Scales: true, Shifts: true, Refit: true},
	"ses":               {Scales: true, Shifts: true, MinSize: 3},
	"stm":               {Scales: true, MinSize: 4},
	"theta":             {MinSize: 4},
	"prophet":           {MinSize: 5},
	"dotm":              {Scales: true, MinSize: 6},
	"otm":               {Scales: true, MinSize: 6},
	"dstm":              {Scales: true, MinSize: 6},
	"ar":                {Scales: true, MinSize: 8},
	"ces":               {Scales: true, MinSize: 5},
	"ces(N)":            {Scales: true, MinSize: 5},
	"ces(F)":            {Scales: true, MinSize: 28},
	"mstl":              {Scales: true, MinSize: 6},
	"mstl(stm,robust)":  {Scales: true, MinSize: 4},
	"hw":                {Scales: true, MinSize: 4},
	"hw(damped)":        {Scales: true, MinSize: 4},
	"count":             {Counts: true, Refit: true, MinSize: 3},
	"count(poisson)":    {Counts: true, Refit: true, MinSize: 3},
	"count(inflated)":   {Counts: true, Refit: true, MinSize: 3},
	"ets":               {Scales: true, MinSize: 4},
	"structural":        {MinSize: 5},
	"structural(trend)": {MinSize: 5},
	"ets(steady)":       {Scales: true, MinSize: 4},
	"ets(AAdN)":         {Scales: true, MinSize: 4},
	"croston":           {Scales: true, Counts: true, Refit: true, Demand: true},
	"croston(0.3)":      {Scales: true, Counts: true, Refit: true, Demand: true},
	"sba":               {Scales: true, Counts: true, Refit: true, Demand: true},
	"adida":             {Scales: true, Counts: true, Refit: true, Demand: true},
	"imapa":             {Scales: true, Counts: true, Refit: true, Demand: true},
	"tsb":               {Scales: true, Counts: true, Demand: true},
	"tsb(0.2,0.2)":      {Scales: true, Counts: true, Refit: true, Demand: true},
	"median":            {Scales: true, MinSize: 4},
	"median(ses,median(window(24),naive),tsb)": {Scales: true},
	"stack":                         {Scales: true, MinSize: 4},
	"stack(snaive,ses,drift)":       {Scales: true},
	"arima":                         {Scales: true, MinSize: 3},
	"arima(full)":                   {Scales: true, MinSize: 3},
	"arima(0,1,1)":                  {Scales: true, Shifts: true, MinSize: 4},
	"arima(1,1,0,drift)(0,0,1)[12]": {Scales: true, Shifts: true, MinSize: 6},
	"arima(0,1,1)(0,1,1)[4]":        {Scales: true, MinSize: 10},
}

func TestMethods(t *testing.T) {
	for _, e := range model.All() {
		if _, ok := claims[e.Name]; !ok {
			t.Errorf("%s has no row in claims", e.Name)
		}
	}
	for name, c := range claims {
		t.Run(name, func(t *testing.T) {
			m, err := model.Local(name)
			if err != nil {
				t.Fatal(err)
			}
			if m.String() != name {
				t.Errorf("its name is %q", m)
			}
			modeltest.Run(t, m, c)
		})
	}
}
