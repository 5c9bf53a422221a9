import {LitElement} from 'lit';

/** A piece of the page. It renders into the document itself, so that one style sheet, labels and links reach it. */
export class Part extends LitElement {
  createRenderRoot() {
    return this;
  }

  /** Tells the page, which owns what is shown. */
  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, {detail, bubbles: true}));
  }
}
