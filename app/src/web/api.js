/** The one place that talks to Corral. */

/** Per tab and gone with it; never in a cookie, so no other site can make the browser send it. */
const KEY = 'corral.key';

/** How long a look may take, and how long something that is to be done: a busy backend unloads late. */
const LOOK_MS = 10_000;
const DO_MS = 60_000;

/** No error text is worth more of the page than this. */
const LONGEST_ERROR = 2_000;

export const key = {
  stored: () => sessionStorage.getItem(KEY) ?? '',
  keep: (value) => sessionStorage.setItem(KEY, value),
  forget: () => sessionStorage.removeItem(KEY),
};

/** An answer that is not the one wanted: `status` (0: nobody answered), `message` in the server's own words, `next` what to do. */
export class Refused extends Error {
  constructor(status, message, next = '') {
    super(message);
    this.status = status;
    this.next = next;
  }
}

/** The response, or a `Refused`. With a body it is a POST of JSON. */
export async function call(path, {body, signal, method = 'GET'} = {}) {
  const headers = {Accept: 'application/json'};
  if (key.stored()) {
    headers.Authorization = `Bearer ${key.stored()}`;
  }
  const request = {method, headers, signal, cache: 'no-store', credentials: 'omit'};
  if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
    Object.assign(request, {method: 'POST', body: JSON.stringify(body)});
  }
  let response;
  try {
    response = await fetch(path, request);
  } catch (e) {
    if (e.name === 'AbortError') {
      throw e;
    }
    throw unanswered(e);
  }
  if (!response.ok) {
    throw await refusal(response);
  }
  return response;
}

/** For short questions: the parsed answer. */
export async function ask(path, body) {
  const patience = body === undefined ? LOOK_MS : DO_MS;
  const response = await call(path, {body, signal: AbortSignal.timeout(patience)});
  let text;
  try {
    text = await response.text();
  } catch (e) {
    throw unanswered(e);
  }
  try {
    return text ? JSON.parse(text) : {};
  } catch {
    throw new Refused(response.status, `The answer to ${path} is not JSON.`, 'Is another program listening on this port?');
  }
}

function unanswered(e) {
  return e.name === 'TimeoutError'
    ? new Refused(0, `Corral at ${location.host} has not answered in time.`, 'Is it very busy? Look at: corral ps')
    : new Refused(0, `Corral at ${location.host} does not answer.`, 'Is it running? Start it with: corral serve');
}

/** Management tells problem+json, Ollama's API `{error: text}`, OpenAI-like servers `{error: {message}}`. */
async function refusal(response) {
  const text = await response.text().catch(() => '');
  try {
    const told = JSON.parse(text);
    const words = told.detail || told.title || told.error?.message || told.error;
    if (typeof words === 'string') {
      return new Refused(response.status, words, typeof told.next === 'string' ? told.next : '');
    }
  } catch {
    // Not JSON: shown as it is.
  }
  return new Refused(response.status, text.slice(0, LONGEST_ERROR) || `The server answered ${response.status} without a word.`);
}
