import {html} from 'lit';

const FENCE = /^ {0,3}(```+|~~~+)\s*([\w+#.-]*)[^\n]*$/;

/** Splits an answer at its fences: `{code, language, text}` in order. A fence that is still open is code. */
export function pieces(answer) {
  const found = [];
  let open = '';
  let piece = {code: false, language: '', lines: []};
  const close = (next) => {
    if (piece.code || piece.lines.join('').trim()) {
      found.push({code: piece.code, language: piece.language, text: piece.lines.join('\n')});
    }
    piece = next;
  };
  for (const line of answer.split('\n')) {
    const fence = FENCE.exec(line);
    if (fence && !open) {
      open = fence[1];
      close({code: true, language: fence[2], lines: []});
    } else if (fence && fence[1].startsWith(open) && !fence[2]) {
      open = '';
      close({code: false, language: '', lines: []});
    } else {
      piece.lines.push(line);
    }
  }
  close(null);
  return found;
}

/** What a model wrote is text and nothing else: no markup of it is ever parsed. */
export function answerText(answer) {
  return pieces(answer).map((piece) =>
    piece.code
      ? html`<figure class="code">
          <figcaption><span>${piece.language || 'code'}</span>
            <button class="quiet" type="button" @click=${(e) => copy(e, piece.text)}>Copy</button></figcaption>
          <pre tabindex="0" aria-label="code"><code>${piece.text}</code></pre>
        </figure>`
      : html`<p dir="auto">${piece.text.trim()}</p>`,
  );
}

async function copy(event, text) {
  const button = event.currentTarget;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
  } catch {
    button.textContent = 'Not allowed';
  }
}
