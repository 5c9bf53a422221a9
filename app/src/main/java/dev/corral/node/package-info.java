/// Our own node: Ollama's API on our own store and our own engine. The gateway sees one more Ollama
/// node, which happens to need no socket.
///
/// A route is a [dev.corral.node.Route]: method, path (`/api/tags`, `/api/blobs/*`, where `*`
/// stands for one segment) and a [dev.corral.node.Handler], which answers one
/// [dev.corral.node.Turn] on a virtual thread of its own:
///
/// - It reads `turn.fields(struct)` (the JSON body as Go would read it) or `turn.body()`.
/// - It answers once: `turn.json(status, tree)`, `turn.empty(status)`, or `turn.frames()` for a
///   stream of JSON lines.
/// - An expected no is `throw new Refused(status, text)`, with Ollama's words: before the first
///   byte it becomes the answer in the dialect of the path, in a stream the last line `{"error":
///   …}`.
/// - `turn.onCancel` runs when the caller leaves; whatever is written afterwards throws
///   [dev.corral.upstream.CallerLeft], which a handler lets pass.
///
/// A group of routes is a class with `List<Route> routes()`; the wiring gives all of them to
/// [dev.corral.node.OwnNode].
@NullMarked
package dev.corral.node;

import org.jspecify.annotations.NullMarked;
