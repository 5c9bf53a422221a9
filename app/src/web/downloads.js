import {html, nothing} from 'lit';
import {ask, call} from './api.js';
import {Part} from './part.js';
import {bytes, count, short, span} from './words.js';

const OVER = ['done', 'failed', 'cancelled'];
const TONE = {done: 'ok', failed: 'bad', stalled: 'warn', 'waiting-for-approval': 'warn'};
const WORD = {
  queued: 'Waiting its turn',
  'waiting-for-approval': 'Waits for approval',
  resolving: 'Asking the registry',
  pulling: 'Pulling',
  stalled: 'Stalled',
  paused: 'Paused',
  verifying: 'Checking what came',
  publishing: 'Writing it down',
  done: 'Here',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

/** What is over stays on the page for so long, and no more than so many of it. */
const SHOWN_MS = 86_400_000;
const MOST_OVER = 5;

/** The pulls: the server owns them, so a closed page stops nothing. */
class Downloads extends Part {
  static properties = {pulls: {}, wanted: {state: true}, trouble: {state: true}, asking: {state: true}};

  constructor() {
    super();
    this.pulls = null;
    this.wanted = '';
    this.trouble = '';
    this.asking = '';
  }

  render() {
    const shown = (this.pulls ?? []).toReversed().filter(worthShowing).sort((a, b) => over(a) - over(b));
    const open = shown.filter((pull) => !over(pull));
    const rows = [...open, ...shown.filter(over).slice(0, MOST_OVER)];
    return html`<section class="card" id="downloads" tabindex="-1" aria-labelledby="downloads-title">
      <div class="title"><h2 id="downloads-title">Downloads</h2>
        ${open.length ? html`<span class="aside" role="status">${count(open.length, 'pull')} at work</span>` : nothing}</div>
      <form class="ask" @submit=${this.#submit}>
        <input aria-label="Model or address to pull" placeholder="llama3.2:1b, or an address of Hugging Face" spellcheck="false" autocapitalize="off"
          .value=${this.wanted} @input=${(e) => (this.wanted = e.target.value)}>
        <button class="main" type="submit" ?disabled=${!this.wanted.trim() || this.asking !== ''}>${repository(this.wanted) ? 'Look' : 'Pull'}</button>
      </form>
      <p class="outcome" role="status">${this.trouble ? html`<span class="bad">${this.trouble}</span>` : nothing}</p>
      ${rows.length ? html`<ul class="rows">${rows.map((pull) => this.#one(pull))}</ul>` : nothing}
    </section>`;
  }

  #one(pull) {
    const name = short(pull.model);
    const act = (what, words) => html`<button type="button" aria-label="${words} ${name}" ?disabled=${this.asking === pull.id}
      @click=${() => this.#act(pull, what)}>${words}</button>`;
    return html`<li>
      <div class="what">
        <div class="name"><bdi>${name}</bdi> <span class="pill ${TONE[pull.state] ?? ''}">${WORD[pull.state] ?? pull.state}</span></div>
        ${over(pull) || !pull.bytesTotal ? nothing : html`<progress max="100" .value=${pull.percent} aria-label="${name}: ${pull.percent} percent"></progress>`}
        <div class="facts">${facts(pull).map((fact) => html`<span>${fact}</span>`)}</div>
        ${pull.error ? html`<p class="why">${pull.error}</p>` : nothing}
      </div>
      <div class="actions">
        ${over(pull) || pull.state === 'paused' ? nothing : pull.state === 'waiting-for-approval' ? act('approve', 'Approve') : act('pause', 'Pause')}
        ${pull.state === 'paused' ? act('resume', 'Resume') : nothing}
        ${over(pull) ? nothing : act('cancel', 'Cancel')}
        ${pull.state === 'failed' || pull.state === 'cancelled' ? html`<button type="button" aria-label="Try ${name} again" @click=${() => this.pull(pull.model, pull.target)}>Try again</button>` : nothing}
      </div>
    </li>`;
  }

  #submit(event) {
    event.preventDefault();
    const wanted = this.wanted.trim();
    if (repository(wanted)) {
      this.tell('look-at', wanted);
    } else {
      this.pull(wanted);
    }
  }

  /** Also called by other parts of the page, which leave it to the server where a model goes. */
  async pull(model, on) {
    this.asking = 'new';
    await this.#tried(async () => {
      await ask('/manage/pulls', {model, on});
      this.wanted = '';
    });
  }

  async #act(pull, what) {
    this.asking = pull.id;
    const path = `/manage/pulls/${encodeURIComponent(pull.id)}`;
    await this.#tried(() => (what === 'cancel' ? call(path, {method: 'DELETE'}) : ask(`${path}/${what}`, {})));
  }

  async #tried(work) {
    try {
      await work();
      this.trouble = '';
    } catch (e) {
      this.trouble = `${e.message} ${e.next ?? ''}`;
    }
    this.asking = '';
    this.tell('refresh');
  }
}

/** True where nothing happens to it any more. */
export function over(pull) {
  return OVER.includes(pull.state);
}

function worthShowing(pull) {
  return !over(pull) || Date.now() - Date.parse(pull.endedAt ?? pull.startedAt) < SHOWN_MS;
}

function facts(pull) {
  if (pull.state === 'done') {
    return [bytes(pull.bytesTotal)];
  }
  return [
    pull.bytesTotal ? `${pull.percent.toFixed(1)} % of ${bytes(pull.bytesTotal)}` : '',
    pull.bytesPerSecond ? `${bytes(pull.bytesPerSecond)}/s` : '',
    left(pull),
    pull.state === 'stalled' ? 'no bytes for a while, it tries again' : '',
    pull.attempt > 1 ? `attempt ${pull.attempt}` : '',
    pull.target === 'own' ? '' : `on ${pull.target}`,
  ].filter(Boolean);
}

/** A range at first, while nobody can know better. */
function left(pull) {
  if (pull.etaSeconds == null) {
    return '';
  }
  const [least, most] = [span(pull.etaSeconds * 1000), span((pull.etaSecondsMost ?? pull.etaSeconds) * 1000)];
  return least === most ? `${least} left` : `${least} to ${most} left`;
}

/** An address of a whole repository: there one chooses among its files first. */
export function repository(text) {
  const rest = /^(?:https?:\/\/)?(?:www\.)?(?:hf\.co|huggingface\.co)\/(.+)$/i.exec(text.trim())?.[1];
  return rest !== undefined && /^[\w.-]+\/[\w.-]+(?:\/|\/tree\/[^/]+\/?)?(?:[?#].*)?$/.test(rest);
}

/** True where something changes by the second. */
export function flowing(pulls) {
  return (pulls ?? []).some((pull) => !over(pull) && pull.state !== 'paused');
}

customElements.define('corral-downloads', Downloads);
