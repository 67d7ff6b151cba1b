package write

import (
	"crypto/rand"
	"os"
	"path/filepath"
)

// draft is a file that has not appeared yet, in the folder where it will.
type draft struct {
	file *os.File
	name string // "" while it has none
}

// newDraft begins the draft of a file at path: without a name if the system can, else under a hidden one.
func newDraft(path string) (*draft, error) {
	if f, err := openNameless(filepath.Dir(path)); err == nil {
		return &draft{file: f}, nil
	}
	name := hiddenName(path)
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	return &draft{f, name}, err
}

func hiddenName(path string) string {
	return filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"."+rand.Text()[:8]+".tmp")
}

// publish lets the draft appear at path, in place of what is there.
func (d *draft) publish(path string) error {
	if d.name == "" {
		if err := nameFile(d.file, path); err == nil {
			return d.file.Close()
		}
		name := hiddenName(path) // something is there already, and only a rename replaces it
		if err := nameFile(d.file, name); err != nil {
			return err
		}
		d.name = name
	}
	if err := d.file.Close(); err != nil {
		return err
	}
	return os.Rename(d.name, path)
}

// discard removes the draft.
func (d *draft) discard() {
	_ = d.file.Close() // it may be closed already
	if d.name != "" {
		_ = os.Remove(d.name)
	}
}
