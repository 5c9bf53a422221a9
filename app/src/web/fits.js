import {html, nothing} from 'lit';

const TONE = {perfect: 'ok', tight: 'warn', partial: 'warn', wont: 'bad', refused: 'bad'};
const WORD = {perfect: 'fits', tight: 'just fits', partial: 'partly on the GPU', wont: 'does not fit', refused: 'not runnable'};

/** Does it fit, in a word; the whole reason for whoever points at it. */
export function fits(verdict, reason = '') {
  return verdict ? html`<span class="pill ${TONE[verdict] ?? ''}" title=${reason}>${WORD[verdict] ?? verdict}</span>` : nothing;
}
