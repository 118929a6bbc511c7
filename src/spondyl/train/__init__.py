"""Training: experiments, data streams, loops and export of trained networks. Needs PyTorch."""
