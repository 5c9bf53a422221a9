/// Owns the runners: one process for each loaded model, ours or the user's own llama-server.
@NullMarked
package dev.corral.engine;

import org.jspecify.annotations.NullMarked;
