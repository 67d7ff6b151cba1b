// Package job is one run from files to files: read, aggregate, choose a method, fit, forecast, write, and keep a record of it. The command
// line and the API both call it; flags, requests and terminals are not its concern.
package job
