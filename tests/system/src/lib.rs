//! Black box: the built programs over HTTP, signals and the command line, a file a journey. All of it is in `tests/it`.
