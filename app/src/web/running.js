import {html, nothing} from 'lit';
import {ask} from './api.js';
import {Part} from './part.js';
import {bytes, context, short, span} from './words.js';

/** Ollama says "for ever" with a date centuries away. */
const FOR_EVER_MS = 10 * 365 * 86_400_000;

/** What is in memory now, how much of it, until when. */
class Running extends Part {
  static properties = {running: {}, models: {}, unloading: {state: true}, trouble: {state: true}};

  constructor() {
    super();
    this.running = null;
    this.models = [];
    this.unloading = '';
    this.trouble = {};
  }

  render() {
    const all = this.running;
    const memory = (all ?? []).reduce((sum, model) => sum + (model.size ?? 0), 0);
    return html`<section class="card" id="running" tabindex="-1" aria-labelledby="running-title">
      <div class="title"><h2 id="running-title">Running</h2>
        ${memory ? html`<span class="aside">${bytes(memory)} in memory</span>` : nothing}</div>
      ${!all ? html`<p class="waiting">Looking…</p>` : all.length ? html`<ul class="rows">${all.map((model) => this.#one(model))}</ul>`
        : html`<p class="empty">Nothing is in memory. A model loads with its first question and leaves when it has been idle for a while.</p>`}
    </section>`;
  }

  #one(model) {
    const where = this.models.find((known) => known.name === model.name)?.loadedOn ?? [];
    return html`<li>
      <div class="what">
        <div class="name"><bdi>${short(model.name)}</bdi></div>
        <div class="facts"><span>${bytes(model.size)}</span>
          ${model.context_length ? html`<span>${context(model.context_length)}</span>` : nothing}
          ${where.length ? html`<span>on <bdi>${where.join(', ')}</bdi></span>` : nothing}
          <span>${leaves(model.expires_at)}</span></div>
        ${this.#placed(model)}
        <p class="outcome" role="status">${this.trouble[model.name] ? html`<span class="bad">${this.trouble[model.name]}</span>` : nothing}</p>
      </div>
      <div class="actions"><button type="button" aria-label="Unload ${model.name}" ?disabled=${this.unloading === model.name}
        @click=${() => this.#unload(model.name)}>Unload</button></div>
    </li>`;
  }

  /** How much of it lies on the GPU: the first thing to look at when a model is slow. */
  #placed(model) {
    if (!model.size || model.size_vram === undefined) {
      return nothing;
    }
    const percent = Math.min(100, Math.round((100 * model.size_vram) / model.size));
    const words = percent === 100 ? 'all on the GPU' : percent === 0 ? 'all on the CPU' : `${percent}% on the GPU, the rest on the CPU`;
    return html`<div class="placed"><svg class="bar" aria-hidden="true"><rect width="${percent}%" height="100%" /></svg><span>${words}</span></div>`;
  }

  async #unload(name) {
    this.unloading = name;
    try {
      await ask('/api/generate', {model: name, keep_alive: 0, stream: false});
      this.trouble = {...this.trouble, [name]: ''};
    } catch (e) {
      this.trouble = {...this.trouble, [name]: `${e.message} ${e.next ?? ''}`};
    }
    this.unloading = '';
    this.tell('refresh');
  }
}

function leaves(instant) {
  const left = Date.parse(instant) - Date.now();
  if (Number.isNaN(left)) {
    return '';
  }
  if (left > FOR_EVER_MS) {
    return 'stays until unloaded';
  }
  return left > 0 ? `leaves in ${span(left)}` : 'is leaving';
}

customElements.define('corral-running', Running);
