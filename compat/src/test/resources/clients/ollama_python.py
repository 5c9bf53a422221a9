"""ollama-python, one case per start: ollama_python.py URL CASE MODEL [TEXT...]; prints one line of JSON."""

import json
import sys

import ollama

url, case, model, *texts = sys.argv[1:]
client = ollama.Client(host=url)
question = {"role": "user", "content": "What does the fox do?"}
tool = {
    "type": "function",
    "function": {
        "name": "get_time",
        "parameters": {"type": "object", "properties": {"tz": {"type": "string"}}},
    },
}


def models():
    return [entry.model for entry in client.list().models]


def chat():
    return client.chat(model, [question]).message.content


def streamed():
    pieces = client.chat(model, [question], stream=True)
    return [piece.message.content for piece in pieces if piece.message.content]


def embeddings():
    return client.embed(model, texts).embeddings


def tools():
    said = client.chat(model, [question], tools=[tool]).message
    call = said.tool_calls[0].function
    result = {"role": "tool", "tool_name": call.name, "content": "12:00"}
    last = client.chat(model, [question, said, result], tools=[tool]).message
    return {"name": call.name, "arguments": call.arguments, "answer": last.content}


def missing():
    try:
        return chat()
    except ollama.ResponseError as error:
        return {"error": f"{type(error).__name__} {error.status_code}", "message": str(error)}


def leave():
    pieces = client.chat(model, [question], stream=True)
    heard = [next(pieces).message.content, next(pieces).message.content]
    pieces.close()
    return heard


print(json.dumps(globals()[case]()))
sys.stdout.flush()
sys.stdin.read()
