// Package config gives the flags of a command their values from a file and from the environment: a flag on the command line comes first, then
// TIDEWATCH_..., then tidewatch.yaml, then the flag's default. The flags themselves are the schema: a key is the name of a flag.
package config
