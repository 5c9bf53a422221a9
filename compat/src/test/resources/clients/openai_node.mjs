// openai-node, one case per start: openai_node.mjs URL CASE MODEL [TEXT...]; prints one line of JSON.
import OpenAI from "openai";

const [url, wanted, model, ...texts] = process.argv.slice(2);
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none" });
const completions = client.chat.completions;
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
    const names = [];
    for await (const entry of client.models.list()) names.push(entry.id);
    return names;
  },
  async chat() {
    return (await completions.create({ model, messages: [question] })).choices[0].message.content;
  },
  async streamed() {
    const pieces = [];
    for await (const chunk of await completions.create({ model, messages: [question], stream: true })) {
      const text = chunk.choices[0]?.delta.content;
      if (text) pieces.push(text);
    }
    return pieces;
  },
  async embeddings() {
    return (await client.embeddings.create({ model, input: texts })).data.map((entry) => entry.embedding);
  },
  async tools() {
    const messages = [question];
    const said = (await completions.create({ model, messages, tools: [tool] })).choices[0].message;
    const call = said.tool_calls[0];
    messages.push(said, { role: "tool", tool_call_id: call.id, content: "12:00" });
    const last = (await completions.create({ model, messages, tools: [tool] })).choices[0].message;
    return { name: call.function.name, arguments: JSON.parse(call.function.arguments), answer: last.content };
  },
  async missing() {
    try {
      return await cases.chat();
    } catch (error) {
      return { error: error.constructor.name, message: error.message };
    }
  },
  async leave() {
    const chunks = await completions.create({ model, messages: [question], stream: true });
    const heard = [];
    for await (const chunk of chunks) {
      heard.push(chunk.choices[0]?.delta.content);
      if (heard.length === 2) chunks.controller.abort();
    }
    return heard;
  },
};

console.log(JSON.stringify(await cases[wanted]()));
process.stdin.resume();
