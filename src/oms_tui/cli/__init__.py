"""The program's commands, one file a group; heavy imports inside the functions."""
