import {html} from 'lit';
import {key} from './api.js';
import {Part} from './part.js';

/** Asks for a key when the server wants one. It stays in this tab. */
class KeyField extends Part {
  static properties = {asked: {}};

  render() {
    return html`<form class="card key" aria-labelledby="key-title" @submit=${this.#give}>
      <h2 id="key-title">This server asks for a key</h2>
      <p>${key.stored() ? html`<b class="bad">The key in use is not accepted:</b> ` : ''}${this.asked}</p>
      <label for="key">Key</label>
      <div class="row">
        <input id="key" type="password" required autocomplete="off" spellcheck="false" aria-describedby="key-hint">
        <button class="main" type="submit">Use key</button>
      </div>
      <p class="hint" id="key-hint">It stays in this tab until you close it. Make one with: <code>corral keys create NAME</code></p>
    </form>`;
  }

  firstUpdated() {
    this.querySelector('input').focus();
  }

  #give(event) {
    event.preventDefault();
    const field = this.querySelector('input');
    key.keep(field.value.trim());
    field.value = '';
    this.tell('key-given');
  }
}

customElements.define('corral-key', KeyField);
