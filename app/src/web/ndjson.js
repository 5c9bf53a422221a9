/** The objects of a body that holds one JSON text a line, whatever the borders of its chunks. */
export async function* objects(body) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const {value, done} = await reader.read();
      rest += done ? decoder.decode() : decoder.decode(value, {stream: true});
      const lines = rest.split('\n');
      rest = done ? '' : lines.pop();
      for (const line of lines) {
        // Empty lines are heartbeats.
        if (line.trim()) {
          yield JSON.parse(line);
        }
      }
      if (done) {
        return;
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
