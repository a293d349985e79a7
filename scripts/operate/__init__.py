"""Starting, watching and stopping the stack: what the scripts `up`, `down`, `status` and `images` share."""
