// Filters between the terminal and Ink. Each removes or delays input that Ink would misread as keys. One wrapper
// around standard input holds them all.

/** Takes the next chunk of input; returns the part that goes on. It may keep a start for the next chunk. */
export type InputFilter = (piece: string) => string

/** The input after the filters, in their order. Modes, listeners and pausing are those of the terminal. */
export function filterInput(stdin: NodeJS.ReadStream, filters: readonly InputFilter[]): NodeJS.ReadStream {
  const read = (size?: number): unknown => {
    const piece: unknown = size === undefined ? stdin.read() : stdin.read(size)
    return typeof piece === 'string' ? filters.reduce((text, filter) => filter(text), piece) : piece
  }
  return new Proxy(stdin, {
    get(target, name) {
      if (name === 'read') return read
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
