import {html, nothing} from 'lit';
import {ask} from './api.js';
import {over} from './downloads.js';
import {because, fits, wont} from './fits.js';
import {Part} from './part.js';
import {bytes, context, count} from './words.js';

const CATEGORIES = ['balanced', 'creative', 'technical', 'advanced'];

/** Enough to choose from without scrolling past the rest of the page. */
const FIRST = 6;

/** Typing asks once it rests. */
const REST_MS = 250;

/** The curated library: what can be chosen, does it fit here or on another card, and one click to have it. */
class Library extends Part {
  static properties = {
    classes: {},
    models: {},
    pulls: {},
    entries: {state: true},
    word: {state: true},
    category: {state: true},
    vram: {state: true},
    fitting: {state: true},
    all: {state: true},
    trouble: {state: true},
  };

  #timer;
  #asked = 0;

  constructor() {
    super();
    this.classes = [];
    this.models = null;
    this.pulls = null;
    this.entries = null;
    this.word = '';
    this.category = '';
    this.vram = '';
    this.fitting = false;
    this.all = false;
    this.trouble = '';
  }

  connectedCallback() {
    super.connectedCallback();
    this.#look();
  }

  render() {
    const shown = this.all ? this.entries : this.entries?.slice(0, FIRST);
    return html`<section class="card" id="library" tabindex="-1" aria-labelledby="library-title">
      <div class="title"><h2 id="library-title">Library</h2>
        ${this.entries ? html`<span class="aside" role="status">${count(this.entries.length, 'model')} to choose from</span>` : nothing}</div>
      <div class="filters">
        <input type="search" aria-label="Search the library" placeholder="What for? code, roleplay, small…" .value=${this.word}
          @input=${(e) => this.#want('word', e.target.value, REST_MS)}>
        ${this.#select('category', 'Category', [['', 'All kinds'], ...CATEGORIES.map((word) => [word, word])])}
        ${this.#select('vram', 'Graphics card', [['', 'This machine'], ...this.classes.map((one) => [`${one.bytes}`, `${one.name}${one.cards[0] ? ` · ${one.cards[0]}` : ''}`])])}
        <label><input type="checkbox" .checked=${this.fitting} @change=${(e) => this.#want('fitting', e.target.checked)}> fits</label>
      </div>
      ${this.trouble ? html`<p class="outcome" role="status"><span class="bad">${this.trouble}</span></p>` : nothing}
      ${!this.entries ? html`<p class="waiting">Looking…</p>`
        : shown.length ? html`<ul class="rows">${shown.map((entry) => this.#one(entry))}</ul>`
        : html`<p class="empty">Nothing in the library is like that. Anything else can be pulled by its name or address, under Downloads.</p>`}
      ${this.entries?.length > FIRST ? html`<button class="quiet" type="button" @click=${() => (this.all = !this.all)}>
        ${this.all ? 'Show fewer' : `Show all ${this.entries.length}`}</button>` : nothing}
    </section>`;
  }

  #select(property, label, options) {
    return html`<select aria-label=${label} @change=${(e) => this.#want(property, e.target.value)}>
      ${options.map(([value, words]) => html`<option value=${value} ?selected=${this[property] === value}>${words}</option>`)}</select>`;
  }

  #one(entry) {
    // what Ollama's registry sends under its own name, it alone knows
    const known = entry.quantizations.filter((one) => !one.model || one.model === entry.model);
    const quant = known.find((one) => one.quant === entry.recommended) ?? known[0];
    const pulling = this.pulls?.some((pull) => pull.model === entry.model && !over(pull));
    const here = entry.here.length > 0 || this.models?.some((model) => model.name === entry.model && model.backends.length > 0);
    const pull = wont(entry.fit?.verdict) ? 'Pull anyway' : 'Pull';
    const facts = [
      entry.parameters ? `${entry.parameters} B parameters` : '',
      quant ? `${quant.quant}, ${bytes(quant.size_mb * 1e6)}` : '',
      entry.context_window ? context(entry.context_window) : '',
      entry.license,
      rating(entry.performance),
    ].filter(Boolean);
    return html`<li>
      <div class="what">
        <div class="name"><bdi>${entry.name}</bdi> ${fits(entry.fit?.verdict, entry.fit?.reason)}
          ${here ? html`<span class="pill ok">here</span>` : nothing}</div>
        <p class="words">${entry.description}</p>
        ${here ? nothing : because(entry.fit?.verdict, entry.fit?.reason, entry.fit?.next)}
        <div class="facts">${facts.map((fact) => html`<span>${fact}</span>`)}${entry.origin === 'corral' ? nothing : html`<span>from <bdi>${entry.origin}</bdi></span>`}</div>
      </div>
      <div class="actions">${here ? nothing : html`<button type="button" aria-label="${pull} ${entry.name}" ?disabled=${pulling}
        @click=${() => this.tell('pull', entry.model)}>${pulling ? 'Pulling…' : pull}</button>`}</div>
    </li>`;
  }

  #want(property, value, rest = 0) {
    this[property] = value;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), rest);
  }

  async #look() {
    const mine = ++this.#asked;
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries({word: this.word.trim(), category: this.category, vram: this.vram && `${this.vram / 2 ** 30}GiB`, fits: this.fitting && 'true'})) {
      if (value) {
        query.set(name, value);
      }
    }
    try {
      const entries = await ask(`/manage/catalog?${query}`);
      if (mine === this.#asked) {
        this.entries = entries;
        this.trouble = '';
      }
    } catch (e) {
      if (mine === this.#asked) {
        this.trouble = `${e.message} ${e.next ?? ''}`;
      }
    }
  }
}

/** Of four ratings the one for talk; most models were rated by nobody, and that is said. */
function rating(performance) {
  return performance?.conversation == null ? 'not rated' : `conversation ${performance.conversation} of 100`;
}

customElements.define('corral-library', Library);
