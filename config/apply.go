package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/tidewatch/tidewatch"
)

// Prefix begins the names of environment variables: TIDEWATCH_TIME_FORMAT is the flag --time-format.
const Prefix = "TIDEWATCH_"

// Variable is the environment variable of a key.
func Variable(key string) string {
	return Prefix + strings.ToUpper(strings.ReplaceAll(key, "-", "_"))
}

// Setting is one setting in force.
type Setting struct {
	Key     string `json:"key"`
	Value   string `json:"value"`
	Source  string `json:"source"` // "--horizon", "TIDEWATCH_HORIZON", "tidewatch.yaml:3" or "default"
	Default string `json:"default"`
	Type    string `json:"type"`
	Meaning string `json:"meaning"`
}

// Schema is what a file may say.
type Schema struct {
	Keys     *pflag.FlagSet            // every key there is
	Sections map[string]*pflag.FlagSet // keys for one command alone, by its name
}

// Check reports what the file says that is no setting: the first such line, with the nearest right name.
func (s Schema) Check(f *File) error {
	known := func(flags *pflag.FlagSet) (names []string) {
		flags.VisitAll(func(fl *pflag.Flag) { names = append(names, fl.Name) })
		return names
	}
	type wrong struct {
		line int
		err  error
	}
	var all []wrong
	check := func(section string, flags *pflag.FlagSet) {
		names := known(flags)
		offer := names
		if section == "" {
			offer = append(slices.Clone(names), slices.Sorted(maps.Keys(s.Sections))...)
		}
		for _, key := range f.keys(section) {
			if slices.Contains(names, key) || section == "" && s.Sections[key] != nil {
				continue
			}
			hint := "; tidewatch config --schema lists them"
			if near := tidewatch.Nearest(strings.ReplaceAll(key, "_", "-"), offer); near != "" {
				hint = fmt.Sprintf(" (did you mean %s?)", near)
			}
			line := f.line(section, key)
			all = append(all, wrong{line, tidewatch.Errorf(tidewatch.CodeInput, "%s: line %d: %q is no setting%s", f.Path, line, key, hint)})
		}
	}
	check("", s.Keys)
	for _, name := range slices.Sorted(maps.Keys(s.Sections)) {
		if slices.Contains(f.keys(""), name) {
			check(name, s.Sections[name])
		}
	}
	if len(all) == 0 {
		return nil
	}
	slices.SortStableFunc(all, func(a, b wrong) int { return a.line - b.line })
	return all[0].err
}

// Apply gives the flags of a command that were not set on the command line the values of the environment and of the file, and says what
// is in force. Only keys that allowed reports are taken; the file's section of the command's name comes before its top level.
func Apply(flags *pflag.FlagSet, command string, f *File, environment func(string) (string, bool), allowed func(key string) bool) ([]Setting, error) {
	var all []Setting
	var bad error
	flags.VisitAll(func(fl *pflag.Flag) {
		if bad != nil || !allowed(fl.Name) {
			return
		}
		source := "default"
		switch text, set := environment(Variable(fl.Name)); {
		case fl.Changed:
			source = "--" + fl.Name
		case set && text != "":
			source = Variable(fl.Name)
			if err := fl.Value.Set(text); err != nil {
				bad = tidewatch.Errorf(tidewatch.CodeUsage, "%s=%s: %s", source, text, reason(err))
			}
		default:
			for _, section := range []string{command, ""} {
				if slices.Contains(f.keys(section), fl.Name) {
					source = fmt.Sprintf("%s:%d", f.Path, f.line(section, fl.Name))
					bad = f.set(fl, section)
					break
				}
			}
		}
		all = append(all, Setting{fl.Name, value(fl), source, plain(fl.DefValue), fl.Value.Type(), fl.Usage})
	})
	return all, bad
}

// set gives a flag the value of the file.
func (f *File) set(fl *pflag.Flag, section string) error {
	path := fl.Name
	if section != "" {
		path = section + separator + path
	}
	fail := func(format string, args ...any) error {
		return tidewatch.Errorf(tidewatch.CodeInput, "%s: line %d: %s: %s", f.Path, f.line(section, fl.Name), fl.Name, fmt.Sprintf(format, args...))
	}
	var err error
	many, isList := fl.Value.(pflag.SliceValue)
	switch {
	case fl.Value.Type() == "stringToString":
		pairs := f.tree.StringMap(path)
		if len(pairs) == 0 {
			return fail("write what plays which role, such as {time: InvoiceDate}")
		}
		for _, k := range slices.Sorted(maps.Keys(pairs)) {
			if err = fl.Value.Set(k + "=" + pairs[k]); err != nil {
				break
			}
		}
	case len(f.tree.Cut(path).Keys()) > 0:
		return fail("it has no keys of its own")
	case isList && f.tree.Strings(path) != nil && !scalar(f, path):
		err = many.Replace(f.tree.Strings(path))
	case !scalar(f, path):
		// A list for a flag that takes one text of several names.
		err = fl.Value.Set(strings.Join(f.tree.Strings(path), ","))
	default:
		err = fl.Value.Set(f.tree.String(path))
	}
	if err != nil {
		return fail("%s: %s", f.tree.String(path), reason(err))
	}
	return nil
}

// scalar reports whether a key has one value, not a list of them.
func scalar(f *File, path string) bool {
	_, list := f.tree.Get(path).([]any)
	return !list
}

// reason says what is wrong with a value without the names of Go's functions.
func reason(err error) string {
	s := err.Error()
	if _, after, ok := strings.Cut(s, `": `); ok && strings.HasPrefix(s, "strconv.") {
		return "it must be a number, or true or false (" + after + ")"
	}
	return s
}

func value(fl *pflag.Flag) string { return plain(fl.Value.String()) }

// plain takes the brackets of an empty list away.
func plain(s string) string {
	if s == "[]" {
		return ""
	}
	return s
}

// Strangers are the environment variables with our prefix that are no setting, out of the environment given as KEY=value.
func (s Schema) Strangers(environment []string) []string {
	known := map[string]bool{Prefix + "CONFIG": true, Prefix + "LLM_KEY": true} // a key is no setting: it stands in no file
	s.Keys.VisitAll(func(fl *pflag.Flag) { known[Variable(fl.Name)] = true })
	var names []string
	for _, e := range environment {
		name, _, _ := strings.Cut(e, "=")
		if strings.HasPrefix(name, Prefix) && !known[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
