import {html, nothing} from 'lit';

const TONE = {perfect: 'ok', tight: 'warn', partial: 'warn', wont: 'bad', refused: 'bad'};
const WORD = {perfect: 'fits', tight: 'just fits', partial: 'partly on the GPU', wont: 'does not fit', refused: 'not runnable'};

/** Does it fit, in a word; the whole reason for whoever points at it. */
export function fits(verdict, reason = '') {
  return verdict ? html`<span class="pill ${TONE[verdict] ?? ''}" title=${reason}>${WORD[verdict] ?? verdict}</span>` : nothing;
}

/** Nobody can point at a pill on a phone: where it is no clear yes, the reason and the next smaller step stand there. */
export function because(verdict, reason, next) {
  return verdict && verdict !== 'perfect' && reason ? html`<p class="because">${reason} ${next ?? ''}</p>` : nothing;
}

/** What does not fit can be had by whoever insists. */
export function wont(verdict) {
  return verdict === 'wont' || verdict === 'refused';
}
