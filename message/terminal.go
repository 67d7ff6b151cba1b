package message

// terminal is what the command line says.
var terminal = map[string]text{}
