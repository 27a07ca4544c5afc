"""What stands between the network and an application: bounds, and the shortest way to an answer."""
