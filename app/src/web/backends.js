import {html, nothing} from 'lit';
import {ask} from './api.js';
import {Part} from './part.js';
import {ago, count, seconds} from './words.js';

const TONE = {up: 'ok', down: 'bad', draining: 'warn'};
const WORD = {up: 'Up', down: 'Down', draining: 'Draining', unknown: 'Not looked at yet'};

/** Who answers: each backend with its state, the reason, and a test. */
class Backends extends Part {
  static properties = {status: {}, tests: {state: true}};

  constructor() {
    super();
    this.status = null;
    this.tests = {};
  }

  render() {
    const backends = this.status?.backends;
    return html`<section class="card" id="backends" tabindex="-1" aria-labelledby="backends-title">
      <div class="title"><h2 id="backends-title">Backends</h2>
        ${this.status?.openExchanges ? html`<span class="aside">${count(this.status.openExchanges, 'request')} open</span>` : nothing}</div>
      ${!backends ? html`<p class="waiting">Looking…</p>` : backends.length ? this.#list(backends) : this.#empty()}
      ${this.status?.backendChoice ? html`<p class="hint">Where these come from: ${this.status.backendChoice}</p>` : nothing}
    </section>`;
  }

  #empty() {
    return html`<div class="empty"><b>No backend yet.</b> Start Ollama on this machine (<code>ollama serve</code>),
      or name one: <code>corral backends add NAME http://HOST:11434</code></div>`;
  }

  #list(backends) {
    return html`<ul class="rows">${backends.map((backend) => this.#one(backend))}</ul>`;
  }

  #one(backend) {
    const engine = backend.source === 'engine' ? this.status.engine : null;
    const crash = engine?.ended?.find((end) => !end.expected);
    const facts = [
      engine?.runner ?? '',
      backend.version ? `${backend.kind} ${backend.version}` : backend.kind,
      count(backend.models.length, 'model'),
      backend.loaded.length ? `${backend.loaded.length} in memory` : '',
      backend.weight !== 1 ? `weight ${backend.weight}` : '',
      backend.checkedAt ? `looked at ${ago(backend.checkedAt)}` : '',
    ].filter(Boolean);
    const down = backend.state === 'down' && backend.why;
    return html`<li>
      <div class="what">
        <div class="name"><bdi>${backend.name}</bdi> <span class="pill ${TONE[backend.state] ?? ''}">${WORD[backend.state] ?? backend.state}</span>
          ${backend.inFlight ? html`<span class="pill busy">${backend.inFlight} in flight</span>` : nothing}</div>
        <div class="facts"><bdi class="url">${backend.url}</bdi>${facts.map((fact) => html`<span>${fact}</span>`)}</div>
        ${down ? html`<p class="why">${backend.why}</p>` : nothing}
        ${engine && engine.why ? html`<p class="why">${engine.why}</p>` : nothing}
        ${crash ? html`<p class="why">The runner of <bdi>${crash.name}</bdi> ended ${ago(crash.at)}: ${crash.why}.
          See: <code>corral logs runner ${crash.name}</code></p>` : nothing}
        <p class="outcome" role="status">${this.#outcome(backend.name)}</p>
      </div>
      <div class="actions"><button type="button" aria-label="Test ${backend.name}" ?disabled=${this.tests[backend.name]?.asking}
        @click=${() => this.#test(backend.name)}>Test</button></div>
    </li>`;
  }

  #outcome(name) {
    const test = this.tests[name];
    if (!test || test.asking) {
      return test ? 'Asking…' : nothing;
    }
    return html`<span class=${test.good ? 'ok' : 'bad'}>${test.words}</span>`;
  }

  async #test(name) {
    this.tests = {...this.tests, [name]: {asking: true}};
    const start = performance.now();
    let test;
    try {
      const seen = await ask(`/manage/backends/${encodeURIComponent(name)}/test`, {});
      const good = !seen.state || seen.state === 'up';
      test = {good, words: good ? `Answers, ${seconds(performance.now() - start)}.` : seen.why || 'Does not answer.'};
    } catch (e) {
      test = {good: false, words: `${e.message} ${e.next ?? ''}`};
    }
    this.tests = {...this.tests, [name]: test};
    this.tell('refresh');
  }
}

customElements.define('corral-backends', Backends);
