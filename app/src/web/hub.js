import {html, nothing} from 'lit';
import {ask} from './api.js';
import {because, fits, wont} from './fits.js';
import {Part} from './part.js';
import {bytes, context} from './words.js';

/** A repository of Hugging Face: its quantizations, in words, and one click for each. */
class Hub extends Part {
  static properties = {repository: {state: true}, wanted: {state: true}, trouble: {state: true}};

  #asked = 0;

  constructor() {
    super();
    this.repository = null;
    this.wanted = '';
    this.trouble = '';
  }

  /** Shows what an address leads to. */
  async look(wanted) {
    const mine = ++this.#asked;
    this.wanted = wanted;
    this.repository = null;
    this.trouble = '';
    try {
      const found = await ask(`/manage/hub?${new URLSearchParams({repo: wanted})}`);
      if (mine === this.#asked) {
        this.repository = found;
      }
    } catch (e) {
      if (mine === this.#asked) {
        this.trouble = `${e.message} ${e.next ?? ''}`;
      }
    }
  }

  render() {
    this.hidden = !this.wanted;
    if (!this.wanted) {
      return nothing;
    }
    const found = this.repository;
    return html`<section class="card" id="repository" tabindex="-1" aria-labelledby="repository-title">
      <div class="title"><h2 id="repository-title"><bdi>${found?.repo ?? this.wanted}</bdi></h2>
        <button class="quiet" type="button" @click=${() => (this.wanted = '')}>Close</button></div>
      ${this.trouble ? html`<p class="outcome" role="status"><span class="bad">${this.trouble}</span></p>` : found ? this.#found(found) : html`<p class="waiting">Asking Hugging Face…</p>`}
    </section>`;
  }

  #found(found) {
    const facts = [
      found.architecture,
      found.contextLength ? context(found.contextLength) : '',
      found.license,
      found.chatTemplate === false ? 'no chat template' : '',
      found.access === 'open' ? '' : found.access,
    ].filter(Boolean);
    return html`<div class="facts">${facts.map((fact) => html`<span>${fact}</span>`)}</div>
      ${found.notes.map((note) => html`<p class="hint">${note}</p>`)}
      <ul class="rows">${found.choices.map((choice) => this.#choice(choice))}</ul>`;
  }

  #choice(choice) {
    const pull = wont(choice.verdict) ? 'Pull anyway' : 'Pull';
    return html`<li>
      <div class="what">
        <div class="name"><bdi>${choice.quantization}</bdi> ${choice.recommended ? html`<span class="pill ok">recommended</span>` : nothing}
          ${fits(choice.verdict, choice.reason)}</div>
        <div class="facts"><span>${bytes(choice.sizeBytes)}</span>${choice.memoryBytes ? html`<span>${bytes(choice.memoryBytes)} of memory</span>` : nothing}
          ${choice.words ? html`<span>${choice.words}</span>` : nothing}</div>
        ${because(choice.verdict, choice.reason, choice.next)}
        ${choice.problem ? html`<p class="why">${choice.problem}</p>` : nothing}
      </div>
      <div class="actions">${choice.model && !choice.problem ? html`<button type="button" aria-label="${pull} ${choice.quantization}"
        @click=${() => this.tell('pull', choice.model)}>${pull}</button>` : nothing}</div>
    </li>`;
  }
}

customElements.define('corral-hub', Hub);
