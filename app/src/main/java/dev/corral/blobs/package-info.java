/// The model store on disk, in Ollama's own layout. The only room that turns a name or a digest
/// into a path.
@NullMarked
package dev.corral.blobs;

import org.jspecify.annotations.NullMarked;
