"""From one spec to every artefact of the stack: one module per tool."""
