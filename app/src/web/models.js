import {html, nothing} from 'lit';
import {Part} from './part.js';
import {bytes, context, count, short} from './words.js';

/** Every model over all backends, loaded ones first; a word or two finds one. */
class Models extends Part {
  static properties = {models: {}, backends: {}, engine: {}, fallback: {}, wanted: {state: true}};

  constructor() {
    super();
    this.models = null;
    this.backends = null;
    this.engine = null;
    this.fallback = '';
    this.wanted = '';
  }

  render() {
    const all = this.models;
    const found = all ? matching(all, this.wanted) : [];
    return html`<section class="card" id="models" tabindex="-1" aria-labelledby="models-title">
      <div class="title"><h2 id="models-title">Models</h2>
        ${all?.length ? html`<span class="aside" role="status">${this.wanted ? `${found.length} of ${count(all.length, 'model')}` : count(all.length, 'model')}</span>` : nothing}</div>
      ${all?.length ? html`<input class="filter" type="search" aria-label="Filter models" placeholder="Filter: name, family, Q4_K_M, backend…"
        .value=${this.wanted} @input=${(e) => (this.wanted = e.target.value)}>` : nothing}
      ${!all ? html`<p class="waiting">Looking…</p>` : all.length ? this.#list(found) : this.#empty()}
    </section>`;
  }

  #empty() {
    return this.backends && !this.backends.some((backend) => backend.state === 'up')
      ? html`<p class="empty"><b>No model to show:</b> models are listed as soon as a backend answers.</p>`
      : html`<p class="empty">${this.#onOwn() ? html`The own engine is ready (${this.engine.runner}). ` : nothing}<b>No model yet.</b>
        Fetch a small one with: <code>corral pull llama3.2:1b</code>${this.#onOwn() ? html`
        or see it work without network: <code>corral demo</code>` : nothing}</p>`;
  }

  #onOwn() {
    return this.engine?.able && this.backends?.some((backend) => backend.source === 'engine');
  }

  #list(found) {
    return found.length
      ? html`<ul class="rows">${found.map((model) => this.#one(model))}</ul>`
      : html`<p class="empty">No model matches “${this.wanted}”. <button class="quiet" type="button" @click=${() => (this.wanted = '')}>Show all</button></p>`;
  }

  #one(model) {
    const facts = [
      model.parameterSize,
      known(model.quantization),
      bytes(model.size),
      model.contextLength ? context(model.contextLength) : '',
      model.capabilities.filter((word) => word !== 'completion').join(', '),
    ].filter(Boolean);
    return html`<li>
      <div class="what">
        <div class="name"><bdi>${short(model.name)}</bdi>
          ${model.virtualFor ? html`<span class="pill">alias of <bdi>${short(model.virtualFor)}</bdi></span>` : nothing}
          ${same(model.name, this.fallback) ? html`<span class="pill">default</span>` : nothing}
          ${model.loaded ? html`<span class="pill ok">loaded</span>` : nothing}
          ${!model.virtualFor && model.state && model.state !== 'present' ? html`<span class="pill">${model.state}</span>` : nothing}
          ${model.protected ? html`<span class="pill">protected</span>` : nothing}</div>
        <div class="facts">${facts.map((fact) => html`<span>${fact}</span>`)}${where(model)}</div>
      </div>
      <div class="actions">${absent(model) ? html`<button type="button" aria-label="Pull ${model.name}" @click=${() => this.tell('pull', model.name)}>Pull</button>`
        : chats(model) ? html`<button type="button" aria-label="Chat with ${model.name}" @click=${() => this.tell('chat-with', model.name)}>Chat</button>` : nothing}</div>
    </li>`;
  }
}

function where(model) {
  return model.backends.length ? html`<span>on <bdi>${model.backends.join(', ')}</bdi></span>` : nothing;
}

/** Every word must occur somewhere in what the row says. */
function matching(models, wanted) {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const said = (model) =>
    [model.name, model.family, model.parameterSize, model.quantization, model.virtualFor, ...model.capabilities, ...model.backends, model.loaded ? 'loaded' : '']
      .join(' ')
      .toLowerCase();
  return models
    .filter((model) => words.every((word) => said(model).includes(word)))
    .sort((a, b) => b.loaded - a.loaded || a.name.localeCompare(b.name));
}

function known(quantization) {
  return quantization === 'unknown' ? '' : quantization;
}

function same(name, other) {
  return other !== '' && short(name) === short(other);
}

/** Tracked, and on no backend that answers: it can be had, not asked. */
export function absent(model) {
  return ['missing', 'gone'].includes(model.state);
}

/** Old nodes tell no capabilities; then everything may be tried. */
export function chats(model) {
  return model.capabilities.length === 0 || model.capabilities.includes('completion');
}

customElements.define('corral-models', Models);
