"""The floor of the spec: how both files are read, what they may say, and what they mean. Imports no tool."""
