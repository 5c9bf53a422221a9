package dev.corral.templates.answer;

/// What stands before and behind a model's thinking.
///
/// @param anywhere true where the tags are tokens of their own, which no sentence contains; else
///   thinking is only looked for where an answer begins, because a model may well write about
///   `<think>`
public record ThinkingTags(String open, String close, boolean anywhere) {}
