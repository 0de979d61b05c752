"""What the artist sees: widgets that know the choices and no document, no socket, no libkis."""
