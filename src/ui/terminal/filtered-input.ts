// What the terminal sends passes through a few filters before Ink reads it: each takes out, or holds back for a moment, what
// Ink would take for keys. There is one wrapper around standard input, whatever their number.

/** Takes the next piece of input; answers with what of it goes on. It may keep a beginning for the piece after. */
export type InputFilter = (piece: string) => string

/** The input through the filters, in their order. Everything else is that of the terminal itself: modes, listeners, pausing. */
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
