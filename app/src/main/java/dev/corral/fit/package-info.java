/// Arithmetic: how much memory a model needs on each device and on the host, whether that fits, how
/// many blocks go to the GPU, and what the next smaller step would be. Follows llama.cpp's own
/// accounting (0.5.0-dev, commit 0c1e57098); opens nothing, measures nothing.
@NullMarked
package dev.corral.fit;

import org.jspecify.annotations.NullMarked;
