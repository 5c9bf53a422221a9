/** Figures in the words of people. */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Decimal, as Ollama shows sizes: 1.3 GB. */
export function bytes(count) {
  if (!count) {
    return '';
  }
  const power = Math.min(Math.floor(Math.log10(count) / 3), UNITS.length - 1);
  const value = count / 1000 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${UNITS[power]}`;
}

export function seconds(millis) {
  return millis < 10_000 ? `${(millis / 1000).toFixed(millis < 1000 ? 2 : 1)} s` : `${Math.round(millis / 1000)} s`;
}

/** A span in its largest unit: 4 min. */
export function span(millis) {
  const s = Math.max(0, Math.round(millis / 1000));
  if (s < 60) {
    return `${s} s`;
  }
  if (s < 3600) {
    return `${Math.round(s / 60)} min`;
  }
  return s < 172_800 ? `${Math.round(s / 3600)} h` : `${Math.round(s / 86_400)} days`;
}

export function ago(instant) {
  return instant ? `${span(Date.now() - Date.parse(instant))} ago` : '';
}

export function clock(date) {
  return date.toLocaleTimeString([], {hour: '2-digit', minute: '2-digit', second: '2-digit'});
}

export function count(n, one, many = `${one}s`) {
  return `${n.toLocaleString()} ${n === 1 ? one : many}`;
}

/** 131072 tokens of context: 128k. */
export function context(tokens) {
  return tokens >= 1024 ? `${Math.round(tokens / 1024)}k context` : `${tokens} tokens of context`;
}

/** The name without `:latest` for eyes; requests carry the whole. */
export function short(name) {
  return name.replace(/:latest$/, '');
}
