/// YAML, variables, `.env`, flags, precedence, reload. Knows no room's meaning, only its settings
/// record.
@NullMarked
package dev.corral.config;

import org.jspecify.annotations.NullMarked;
