// The input of the terminal with something taken out before Ink reads it. Everything else stays that of the terminal itself:
// modes, listeners, pausing.

/** `filter` gets each chunk of text and answers with what is passed on. */
export function filterInput(stdin: NodeJS.ReadStream, filter: (chunk: string) => string): NodeJS.ReadStream {
  const read = (size?: number): unknown => {
    const chunk: unknown = size === undefined ? stdin.read() : stdin.read(size)
    return typeof chunk === 'string' ? filter(chunk) : chunk
  }
  return new Proxy(stdin, {
    get(target, name) {
      if (name === 'read') return read
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
