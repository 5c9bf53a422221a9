// ollama-js, one case per start: ollama_js.mjs URL CASE MODEL [TEXT...]; prints one line of JSON.
import { Ollama } from "ollama";

const [url, wanted, model, ...texts] = process.argv.slice(2);
const client = new Ollama({ host: url });
const question = { role: "user", content: "What does the fox do?" };
const tool = {
  type: "function",
  function: {
    name: "get_time",
    parameters: { type: "object", properties: { tz: { type: "string" } } },
  },
};

const cases = {
  async models() {
    return (await client.list()).models.map((entry) => entry.name);
  },
  async chat() {
    return (await client.chat({ model, messages: [question] })).message.content;
  },
  async streamed() {
    const pieces = [];
    for await (const piece of await client.chat({ model, messages: [question], stream: true })) {
      if (piece.message.content) pieces.push(piece.message.content);
    }
    return pieces;
  },
  async embeddings() {
    return (await client.embed({ model, input: texts })).embeddings;
  },
  async tools() {
    const messages = [question];
    const said = (await client.chat({ model, messages, tools: [tool] })).message;
    const call = said.tool_calls[0].function;
    messages.push(said, { role: "tool", tool_name: call.name, content: "12:00" });
    const last = (await client.chat({ model, messages, tools: [tool] })).message;
    return { name: call.name, arguments: call.arguments, answer: last.content };
  },
  async missing() {
    try {
      return await cases.chat();
    } catch (error) {
      return { error: `${error.name} ${error.status_code}`, message: error.message };
    }
  },
  async leave() {
    const stream = await client.chat({ model, messages: [question], stream: true });
    const heard = [];
    try {
      for await (const piece of stream) {
        heard.push(piece.message.content);
        if (heard.length === 2) stream.abort();
      }
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
    return heard;
  },
};

console.log(JSON.stringify(await cases[wanted]()));
process.stdin.resume();
