"""A real three-node Kubernetes on one machine; docs/real-cluster.md says how to use it."""
