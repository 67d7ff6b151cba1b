// Package words says in sentences what a waterfall of package explain shows: first a table of facts, then a text from a template, or from a
// language model. Every number and every direction in a text of a model is read back and must be that of a fact; otherwise the template's text is
// used. A model is asked only where one is configured.
package words
