import {html, nothing} from 'lit';
import {ask, key} from './api.js';
import {Part} from './part.js';
import {clock} from './words.js';
import './backends.js';
import './chat.js';
import {flowing} from './downloads.js';
import './hub.js';
import './key.js';
import './library.js';
import {absent} from './models.js';
import './running.js';

const POLL_MS = 3_000;

/** While something is being pulled. */
const QUICK_MS = 1_000;

/** The whole page: asks the server how things are, every three seconds while somebody looks, and hands it down. */
class Page extends Part {
  static properties = {
    status: {state: true},
    models: {state: true},
    running: {state: true},
    pulls: {state: true},
    classes: {state: true},
    gone: {state: true},
    keyWanted: {state: true},
    limited: {state: true},
    trouble: {state: true},
  };

  #timer;
  /** Whether the look at the server itself was refused, or only a chat. */
  #lookRefused = false;
  #asking = false;

  constructor() {
    super();
    this.status = null;
    this.models = null;
    this.running = null;
    this.pulls = null;
    this.classes = [];
    this.gone = null;
    this.keyWanted = null;
    this.limited = '';
    this.trouble = '';
    this.addEventListener('chat-with', (e) => this.querySelector('corral-chat').choose(e.detail));
    this.addEventListener('look-at', (e) => this.querySelector('corral-hub').look(e.detail));
    this.addEventListener('pull', (e) => this.querySelector('corral-downloads').pull(e.detail));
    this.addEventListener('refresh', () => this.#poll());
    this.addEventListener('key-wanted', (e) => (this.keyWanted = e.detail));
    this.addEventListener('key-given', () => {
      this.keyWanted = null;
      this.#poll();
    });
    document.addEventListener('visibilitychange', () => this.#poll());
  }

  connectedCallback() {
    super.connectedCallback();
    this.#poll();
    this.#cards();
  }

  async #poll() {
    clearTimeout(this.#timer);
    if (document.hidden || this.#asking) {
      return;
    }
    this.#asking = true;
    try {
      await this.#look();
    } finally {
      this.#asking = false;
      this.#timer = setTimeout(() => this.#poll(), flowing(this.pulls) ? QUICK_MS : POLL_MS);
    }
  }

  async #look() {
    try {
      const [status, models, running, pulls] = await Promise.all([
        managed('/manage/status'), managed('/manage/models'), ask('/api/ps'), managed('/manage/pulls')]);
      this.limited = status.refused ?? models.refused ?? '';
      this.status = status.refused ? null : status;
      this.running = running.models ?? [];
      this.pulls = pulls.refused ? null : pulls;
      const loaded = new Set(this.running.map((model) => model.name));
      this.models = (models.refused ? (await ask('/api/tags')).models.map(fromTag) : models)
        // What is in memory is known at once; the list of models is only as young as the last probe.
        .map((model) => ({...model, loaded: loaded.has(model.name) || model.loadedOn.length > 0}));
      this.gone = null;
      this.trouble = '';
      if (this.#lookRefused) {
        this.#lookRefused = false;
        this.keyWanted = null;
      }
    } catch (e) {
      this.#explain(e);
    }
  }

  /** Which graphics cards one may ask about; they do not change, so once. */
  async #cards() {
    try {
      this.classes = (await ask('/manage/hardware')).classes ?? [];
    } catch {
      // Keys that may not manage choose for this machine alone.
    }
  }

  #explain(e) {
    if (e.status === 401) {
      this.gone = null;
      this.#lookRefused = true;
      this.keyWanted = e.message;
    } else if (e.status) {
      this.gone = null;
      this.trouble = `${e.message} ${e.next}`;
    } else {
      this.gone ??= new Date();
    }
  }

  render() {
    return html`
      <a class="skip" href="#chat">Skip to the chat</a>
      ${this.#header()}
      <main class=${this.gone ? 'stale' : ''}>
        <div class="overview">
          <div class="notices" role="status">${this.#notices()}</div>
          ${this.keyWanted === null ? nothing : html`<corral-key .asked=${this.keyWanted}></corral-key>`}
          ${this.limited ? nothing : html`<corral-backends .status=${this.status}></corral-backends>`}
          ${this.pulls ? html`<corral-downloads .pulls=${this.pulls}></corral-downloads><corral-hub></corral-hub>` : nothing}
          <corral-running .running=${this.running} .models=${this.models ?? []}></corral-running>
          <corral-models .models=${this.models} .fallback=${this.status?.defaultModel ?? ''}
            .backends=${this.status?.backends ?? null} .engine=${this.status?.engine ?? null}></corral-models>
          ${this.pulls ? html`<corral-library .classes=${this.classes} .models=${this.models} .pulls=${this.pulls}></corral-library>` : nothing}
        </div>
        <corral-chat .models=${this.models?.filter((model) => !absent(model)) ?? null} .fallback=${this.status?.defaultModel ?? ''}></corral-chat>
      </main>
    `;
  }

  #header() {
    const [tone, words] = this.#state();
    return html`<header>
      <div class="brand">
        <svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="8" /><path d="M8 7v18M16 7v18M24 7v18M5 13h22M5 20h22" /></svg>
        <h1>Corral</h1>
        ${this.status ? html`<span class="version">${this.status.version}</span>` : nothing}
      </div>
      <nav aria-label="Sections">
        ${this.limited ? nothing : html`<a href="#backends">Backends</a>`}
        ${this.pulls ? html`<a href="#downloads">Downloads</a>` : nothing}
        <a href="#running">Running</a><a href="#models">Models</a>${this.pulls ? html`<a href="#library">Library</a>` : nothing}<a href="#chat">Chat</a>
      </nav>
      <div class="state">
        ${key.stored() ? html`<button class="quiet" type="button" @click=${this.#forgetKey}>Forget key</button>` : nothing}
        <span class="pill ${tone}" id="state">${words}</span>
      </div>
    </header>`;
  }

  /** Colour and words for the server as a whole. */
  #state() {
    if (this.gone) {
      return ['bad', 'Not reachable'];
    }
    if (this.keyWanted !== null) {
      return ['warn', 'Key needed'];
    }
    if (this.limited) {
      return ['ok', 'Ready'];
    }
    if (!this.status) {
      return ['', 'Looking…'];
    }
    const all = this.status.backends.length;
    const up = this.status.backends.filter((backend) => backend.state === 'up').length;
    if (all > 0 && up === all) {
      return ['ok', 'Ready'];
    }
    return up > 0 ? ['warn', `${up} of ${all} backends up`] : ['bad', all ? 'No backend up' : 'No backend'];
  }

  #notices() {
    const notices = [];
    if (this.gone) {
      notices.push(html`<p class="notice bad"><b>Corral at ${location.host} does not answer</b> since ${clock(this.gone)}.
        What is shown is from before. The page tries again every three seconds. To start it: <code>corral serve</code></p>`);
    }
    if (this.trouble) {
      notices.push(html`<p class="notice bad">${this.trouble}</p>`);
    }
    if (this.limited) {
      notices.push(html`<p class="notice">${this.limited} The chat works; backends are shown to keys with the scope <code>manage</code>.</p>`);
    }
    for (const note of this.status?.notes ?? []) {
      notices.push(html`<p class="notice warn">${note}</p>`);
    }
    return notices;
  }

  #forgetKey() {
    key.forget();
    this.#poll();
  }
}

/** An answer for keys that may manage; others learn why not, and still may chat. */
async function managed(path) {
  try {
    return await ask(path);
  } catch (e) {
    if (e.status === 403) {
      return {refused: e.message};
    }
    throw e;
  }
}

/** Ollama's listing in the shape of ours, for keys that may not manage. */
function fromTag(tag) {
  return {
    name: tag.name,
    size: tag.size ?? 0,
    parameterSize: tag.details?.parameter_size ?? '',
    quantization: tag.details?.quantization_level ?? '',
    capabilities: tag.capabilities ?? [],
    backends: [],
    loadedOn: [],
    virtualFor: '',
  };
}

customElements.define('corral-page', Page);
