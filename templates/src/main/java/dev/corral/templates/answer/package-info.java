/// The way back: the text that a model wrote, as it comes, into content, thinking and tool calls.
///
/// Which marks a model writes is found out from its chat template alone, by its text and by trial
/// renders ([dev.corral.templates.answer.AnswerFormat]), never by a model's name: a renamed or
/// retrained model brings its template along, and the template is what it was trained on.
@NullMarked
package dev.corral.templates.answer;

import org.jspecify.annotations.NullMarked;
