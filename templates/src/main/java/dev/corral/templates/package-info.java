/// Chat templates: a model's own text that turns messages and tools into the prompt it was trained
/// on. Two languages, [dev.corral.templates.jinja.JinjaTemplate] and
/// [dev.corral.templates.go.GoTemplate]; this package holds what they share: text that remembers
/// its origin, JSON values, limits, and the outcome of a rendering.
///
/// A template is a stranger's program and a message is a stranger's text. So: no input or output,
/// no reflection, bounded steps, depth, time and size, and no character of a message is ever read
/// as template or, later, as a control token.
@NullMarked
package dev.corral.templates;

import org.jspecify.annotations.NullMarked;
