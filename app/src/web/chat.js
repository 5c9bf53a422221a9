import {html, nothing} from 'lit';
import {call} from './api.js';
import {chats} from './models.js';
import {objects} from './ndjson.js';
import {Part} from './part.js';
import {answerText} from './text.js';
import {count, seconds, short} from './words.js';

/** How near to its end the conversation must be scrolled for the end to be followed. */
const NEAR_END_PX = 60;

const SHORT_THOUGHT_MS = 1_000;

/** For somebody who only wants to see it work. */
const STARTERS = ['Say hello in three languages.', 'Why is the sky blue? Two sentences.', 'Write a limerick about a horse.'];

/**
 * One conversation with one model at a time.
 *
 * A turn is `{question, model, answer, thinking, thoughtMillis, state, error, next, meta}`; `state` is one of `asking answering done stopped failed`.
 */
class Chat extends Part {
  static properties = {models: {}, fallback: {}, model: {state: true}, turns: {state: true}, said: {state: true}};

  #stop = null;
  #drawing = 0;
  #follow = true;

  constructor() {
    super();
    this.models = null;
    this.fallback = '';
    this.model = '';
    this.turns = [];
    this.said = '';
  }

  /** Takes a model from the list and the keyboard to the field. */
  choose(name) {
    this.model = name;
    const field = this.querySelector('textarea');
    field.scrollIntoView({block: 'nearest'});
    field.focus();
  }

  willUpdate() {
    const names = this.#names();
    if (!this.model && names.length) {
      this.model = names.find((name) => short(name) === short(this.fallback)) ?? this.#loaded() ?? names[0];
    }
  }

  #names() {
    return (this.models ?? []).filter(chats).map((model) => model.name).sort((a, b) => a.localeCompare(b));
  }

  #loaded() {
    return this.models.find((model) => chats(model) && model.loaded)?.name;
  }

  get #busy() {
    return this.#stop !== null;
  }

  render() {
    const names = this.#names();
    const offered = this.model && !names.includes(this.model) ? [this.model, ...names] : names;
    return html`<section class="card chat" id="chat" tabindex="-1" aria-labelledby="chat-title">
      <div class="title"><h2 id="chat-title">Chat</h2>
        <select aria-label="Model" .value=${this.model} ?disabled=${!offered.length} @change=${(e) => (this.model = e.target.value)}>
          ${offered.length ? nothing : html`<option value="">no model</option>`}
          ${offered.map((name) => html`<option value=${name} ?selected=${name === this.model}>${short(name)}</option>`)}
        </select>
        <button class="quiet" type="button" aria-label="New conversation" ?disabled=${!this.turns.length || this.#busy} @click=${this.#clear}>New</button></div>
      <div class="log" role="log" aria-live="polite" aria-label="Conversation" tabindex="0" aria-busy=${this.#busy ? 'true' : 'false'} @scroll=${this.#scrolled}>
        ${this.turns.length ? this.turns.map((turn) => this.#turn(turn)) : this.#empty(offered)}
      </div>
      <p class="unseen" role="status">${this.said}</p>
      <form @submit=${this.#send}>
        <label class="unseen" for="message">Message</label>
        <textarea id="message" rows="2" placeholder=${offered.length ? `Ask ${short(this.model)}…` : 'No model to ask yet'}
          ?disabled=${!offered.length} @keydown=${this.#key} @input=${(e) => grow(e.target)}></textarea>
        <div class="row"><span class="hint">Enter sends, Shift+Enter starts a line</span>
          ${this.#busy ? html`<button class="stop" type="button" @click=${() => this.#stop?.abort()}>Stop</button>`
            : html`<button class="main" type="submit" ?disabled=${!offered.length}>Send</button>`}</div>
      </form>
    </section>`;
  }

  #empty(offered) {
    if (this.models === null) {
      return html`<p class="waiting">Looking…</p>`;
    }
    return offered.length
      ? html`<div class="empty start"><p><b>Ask ${short(this.model)} something.</b></p>
          <p>The conversation lives in this tab and is kept nowhere else.</p>
          ${STARTERS.map((starter) => html`<button type="button" @click=${() => this.#start(starter)}>${starter}</button>`)}</div>`
      : html`<p class="empty start"><b>Nobody to talk to yet.</b> Fetch a small model with: <code>corral pull llama3.2:1b</code></p>`;
  }

  #turn(turn) {
    return html`<article class="turn ${turn.state}">
      <p class="question" dir="auto"><span class="unseen">You: </span>${turn.question}</p>
      <div class="answer" aria-busy=${this.#open(turn) ? 'true' : 'false'}>
        <h3><bdi>${short(turn.model)}</bdi></h3>
        ${turn.thinking ? this.#thinking(turn) : nothing}
        ${answerText(turn.answer)}
        ${this.#open(turn) ? html`<span class="typing" aria-hidden="true"><i></i><i></i><i></i></span>` : nothing}
        ${turn.state === 'stopped' ? html`<p class="end">Stopped.</p>` : nothing}
        ${turn.state === 'failed' ? this.#failed(turn) : nothing}
        ${turn.meta ? html`<p class="meta">${turn.meta.map((fact) => html`<span>${fact}</span>`)}</p>` : nothing}
      </div>
    </article>`;
  }

  #thinking(turn) {
    const moment = turn.thoughtMillis < SHORT_THOUGHT_MS ? 'a moment' : seconds(turn.thoughtMillis);
    const words = turn.thoughtMillis || !this.#open(turn) ? `Thought for ${moment}` : 'Thinking…';
    return html`<details class="thinking"><summary>${words}</summary><p dir="auto">${turn.thinking.trim()}</p></details>`;
  }

  #failed(turn) {
    return html`<div class="failure" role="alert"><p>${turn.error}</p>${turn.next ? html`<p>${turn.next}</p>` : nothing}
      ${this.#busy ? nothing : html`<button type="button" @click=${() => this.#again(turn)}>Try again</button>`}</div>`;
  }

  #open(turn) {
    return turn.state === 'asking' || turn.state === 'answering';
  }

  #key(event) {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.#send(event);
    } else if (event.key === 'Escape') {
      this.#stop?.abort();
    }
  }

  #send(event) {
    event.preventDefault();
    const field = this.querySelector('textarea');
    const question = field.value.trim();
    if (!question || this.#busy || !this.model) {
      return;
    }
    field.value = '';
    grow(field);
    this.#ask(question);
  }

  #again(turn) {
    this.turns = this.turns.filter((other) => other !== turn);
    this.querySelector('textarea').focus();
    this.#ask(turn.question);
  }

  #start(question) {
    this.querySelector('textarea').focus();
    this.#ask(question);
  }

  #clear() {
    this.turns = [];
    this.said = '';
    this.querySelector('textarea').focus();
  }

  async #ask(question) {
    const turn = {question, model: this.model, answer: '', thinking: '', thoughtMillis: 0, state: 'asking', error: '', next: '', meta: null};
    const messages = this.#messages(question);
    this.turns = [...this.turns, turn];
    this.said = `${short(turn.model)} is answering`;
    this.#follow = true;
    const stop = new AbortController();
    this.#stop = stop;
    try {
      await this.#read(turn, messages, stop.signal);
    } catch (e) {
      this.#broke(turn, e, stop.signal.aborted);
    }
    this.#stop = null;
    this.said = {done: 'The answer is complete', stopped: 'Stopped', failed: 'The answer failed'}[turn.state];
    this.requestUpdate();
    this.tell('refresh');
  }

  /** What was said before, without what failed; a stopped answer counts as far as it came. */
  #messages(question) {
    const before = this.turns
      .filter((turn) => turn.answer && turn.state !== 'failed')
      .flatMap((turn) => [{role: 'user', content: turn.question}, {role: 'assistant', content: turn.answer}]);
    return [...before, {role: 'user', content: question}];
  }

  async #read(turn, messages, signal) {
    const start = performance.now();
    let first = 0;
    const response = await call('/api/chat', {body: {model: turn.model, messages, stream: true}, signal});
    for await (const frame of objects(response.body)) {
      if (frame.error) {
        throw new Error(typeof frame.error === 'string' ? frame.error : (frame.error.message ?? 'The backend reports an error.'));
      }
      const {content = '', thinking = ''} = frame.message ?? {};
      if (content || thinking) {
        first ||= performance.now();
        turn.state = 'answering';
      }
      if (content && turn.thinking && !turn.thoughtMillis) {
        turn.thoughtMillis = performance.now() - first;
      }
      turn.answer += content;
      turn.thinking += thinking;
      if (frame.done) {
        turn.state = 'done';
        turn.meta = figures(frame, response, first ? first - start : 0);
      }
      this.#draw();
    }
    if (turn.state !== 'done') {
      throw new Error('The answer ended before it was complete.');
    }
  }

  #broke(turn, e, stopped) {
    if (stopped) {
      turn.state = 'stopped';
      return;
    }
    turn.state = 'failed';
    turn.error = e instanceof SyntaxError ? 'The server sent something that is not JSON.' : e instanceof TypeError ? 'The connection broke in the middle of the answer.' : e.message;
    turn.next = e.next ?? '';
    if (e.status === 401) {
      this.tell('key-wanted', e.message);
    }
  }

  /** At most once a frame, however fast the tokens come. */
  #draw() {
    this.#drawing ||= requestAnimationFrame(() => {
      this.#drawing = 0;
      this.requestUpdate();
    });
  }

  #scrolled(event) {
    const log = event.currentTarget;
    this.#follow = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END_PX;
  }

  updated() {
    if (this.#follow && this.turns.length) {
      const log = this.querySelector('.log');
      log.scrollTop = log.scrollHeight;
    }
  }
}

/** Who answered and how fast, from the last frame and the answer's headers. */
function figures(frame, response, firstMillis) {
  const backend = response.headers.get('X-Corral-Backend');
  const speed = frame.eval_count && frame.eval_duration ? frame.eval_count / (frame.eval_duration / 1e9) : 0;
  return [
    backend ? `on ${backend}` : '',
    frame.eval_count ? count(frame.eval_count, 'token') : '',
    speed ? `${speed < 10 ? speed.toFixed(1) : Math.round(speed)} tokens/s` : '',
    firstMillis ? `first after ${seconds(firstMillis)}` : '',
    frame.done_reason === 'length' ? 'cut at the limit of its length' : '',
  ].filter(Boolean);
}

/** The field is as high as what is in it, within what the style sheet allows. */
function grow(field) {
  field.style.height = 'auto';
  field.style.height = field.value ? `${field.scrollHeight + 2}px` : '';
}

customElements.define('corral-chat', Chat);
