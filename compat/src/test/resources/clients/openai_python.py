"""openai-python, one case per start: openai_python.py URL CASE MODEL [TEXT...]; prints one line of JSON."""

import json
import sys

import openai

url, case, model, *texts = sys.argv[1:]
client = openai.OpenAI(base_url=url + "/v1", api_key="none")
completions = client.chat.completions
question = {"role": "user", "content": "What does the fox do?"}
tool = {
    "type": "function",
    "function": {
        "name": "get_time",
        "parameters": {"type": "object", "properties": {"tz": {"type": "string"}}},
    },
}


def text_of(chunk):
    return chunk.choices[0].delta.content if chunk.choices else None


def models():
    return [entry.id for entry in client.models.list()]


def chat():
    return completions.create(model=model, messages=[question]).choices[0].message.content


def streamed():
    with completions.create(model=model, messages=[question], stream=True) as chunks:
        return [text_of(chunk) for chunk in chunks if text_of(chunk)]


def embeddings():
    return [entry.embedding for entry in client.embeddings.create(model=model, input=texts).data]


def tools():
    talk = [question]
    said = completions.create(model=model, messages=talk, tools=[tool]).choices[0].message
    call = said.tool_calls[0]
    talk += [said, {"role": "tool", "tool_call_id": call.id, "content": "12:00"}]
    last = completions.create(model=model, messages=talk, tools=[tool]).choices[0].message
    arguments = json.loads(call.function.arguments)
    return {"name": call.function.name, "arguments": arguments, "answer": last.content}


def missing():
    try:
        return chat()
    except openai.APIError as error:
        return {"error": type(error).__name__, "message": error.message}


def leave():
    chunks = completions.create(model=model, messages=[question], stream=True)
    heard = [text_of(next(chunks)), text_of(next(chunks))]
    chunks.close()
    return heard


print(json.dumps(globals()[case]()))
sys.stdout.flush()
sys.stdin.read()
