//! Black box: the binary against real peers, a file a journey.
