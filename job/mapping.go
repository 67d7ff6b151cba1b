package job

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch"
)

// Mapping is how a shop's files are to be read, so that it need be said only once: a part of a [Config].
type Mapping struct {
	Layout    string             `json:"layout,omitempty"`
	Columns   map[string]string  `json:"columns,omitempty"`
	Times     string             `json:"times,omitempty"`
	Delim     string             `json:"delim,omitempty"`
	Charset   string             `json:"charset,omitempty"`
	Sheet     string             `json:"sheet,omitempty"`
	Query     string             `json:"query,omitempty"`
	Zone      string             `json:"zone,omitempty"`
	By        []string           `json:"by,omitempty"`
	Measure   string             `json:"measure,omitempty"`
	Where     string             `json:"where,omitempty"`
	Rates     map[string]float64 `json:"rates,omitempty"`
	WeekStart string             `json:"week_start,omitempty"`
	Keep      []string           `json:"keep,omitempty"`
}

// Mapping is the part of c that says how files are read.
func (c Config) Mapping() Mapping {
	return Mapping{c.Layout, c.Columns, c.Times, c.Delim, c.Charset, c.Sheet, c.Query, c.Zone, c.By, c.Measure, c.Where, c.Rates, c.WeekStart, c.Keep}
}

// WithMapping is c with what m says where c says nothing.
func (c Config) WithMapping(m Mapping) Config {
	for _, t := range []struct {
		to   *string
		from string
	}{{&c.Layout, m.Layout}, {&c.Times, m.Times}, {&c.Delim, m.Delim}, {&c.Charset, m.Charset}, {&c.Sheet, m.Sheet}, {&c.Query, m.Query}, {&c.Zone, m.Zone}, {&c.Measure, m.Measure}, {&c.Where, m.Where}, {&c.WeekStart, m.WeekStart}} {
		if *t.to == "" {
			*t.to = t.from
		}
	}
	columns := map[string]string{}
	for _, all := range []map[string]string{m.Columns, c.Columns} {
		for role, column := range all {
			columns[role] = column
		}
	}
	c.Columns = columns
	if len(c.By) == 0 {
		c.By = m.By
	}
	if len(c.Keep) == 0 {
		c.Keep = m.Keep
	}
	if len(c.Rates) == 0 {
		c.Rates = m.Rates
	}
	return c
}

// mappingPath is the file of a mapping: a path as it stands, a plain name in the user's folder of mappings.
func mappingPath(name string) (string, error) {
	if strings.ContainsAny(name, `/\.`) {
		return name, nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", tidewatch.Errorf(tidewatch.CodeUsage, "mapping %q: there is no folder for named mappings (%w): name a file, such as ./%s.json", name, err, name)
	}
	return filepath.Join(dir, "tidewatch", "mappings", name+".json"), nil
}

// SaveMapping keeps m under a name, or in a file.
func SaveMapping(name string, m Mapping) error {
	path, err := mappingPath(name)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	failed := func(err error) error {
		return tidewatch.Errorf(tidewatch.CodeOutput, "mapping %s cannot be saved: %w", name, err)
	}
	if path != name {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return failed(err)
		}
	}
	draft, err := os.CreateTemp(filepath.Dir(path), ".mapping-*")
	if err != nil {
		return failed(err)
	}
	_, err = draft.Write(append(text, '\n'))
	if err = errors.Join(err, draft.Close()); err == nil {
		err = os.Rename(draft.Name(), path)
	}
	if err != nil {
		_ = os.Remove(draft.Name())
		return failed(err)
	}
	return nil
}

// LoadMapping reads the mapping of that name, or in that file. An unknown key is an error.
func LoadMapping(name string) (m Mapping, err error) {
	path, err := mappingPath(name)
	if err != nil {
		return m, err
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		hint := ""
		if names := mappingNames(); path != name && len(names) > 0 {
			hint = "; there are " + strings.Join(names, ", ")
		}
		return m, tidewatch.Errorf(tidewatch.CodeUsage, "there is no mapping %s%s: save one with --save-mapping", name, hint)
	}
	if err != nil {
		return m, tidewatch.Errorf(tidewatch.CodeInput, "mapping %s cannot be read: %w", name, err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return m, tidewatch.Errorf(tidewatch.CodeInput, "%s: this is no mapping: %w", path, err)
	}
	return m, nil
}

// mappingNames are the names of the mappings that were saved, in order.
func mappingNames() []string {
	path, err := mappingPath("x")
	if err != nil {
		return nil
	}
	files, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*.json"))
	var names []string
	for _, f := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(f), ".json"))
	}
	slices.Sort(names)
	return names
}
