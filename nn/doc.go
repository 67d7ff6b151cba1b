// Package nn holds neural layers with explicit backward passes, for training and inference on CPUs in float32.
//
// A layer keeps what its backward pass needs and owns the tensors it returns: they are valid until its next Forward or Backward.
// It must be used by one goroutine at a time; to compute shards of a batch at the same time, build the network several times and
// Share the parameters. Sequences are [batch, time, channels], pictures [batch, channels, height, width], weights as in PyTorch,
// so that published safetensors files load without conversion.
package nn
