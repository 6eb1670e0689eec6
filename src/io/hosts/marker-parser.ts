// Extracts a program's output from a stream of bytes: the part between two random marks.

const NOISE_KEPT = 8 * 1024

export interface MarkerParser {
  /** Adds the next bytes. Returns those of the program, including bytes held back before. */
  push(chunk: Uint8Array): Buffer
  /** True after the first mark. */
  hasBegun(): boolean
  /** The exit code after the last mark; null before it. */
  exitCode(): number | null
  /** The text before the first mark: from login scripts or ssh itself. */
  unmarkedOutput(): string
}

/** `MARK<` and a newline start the output, `MARK>CODE` and a newline end it. */
export function createMarkerParser(mark: string): MarkerParser {
  const first = Buffer.from(`${mark}<\n`)
  const last = Buffer.from(`${mark}>`)
  let rest = Buffer.alloc(0)
  let hasBegun = false
  let noise = ''
  let tail: string | null = null
  let code: number | null = null

  const readCode = () => {
    const [, digits] = /^(\d+)\n/.exec(tail ?? '') ?? []
    if (digits !== undefined) code = Number(digits)
  }
  const begin = (): boolean => {
    const at = rest.indexOf(first)
    if (at < 0) return false
    noise = (noise + rest.toString('latin1', 0, at)).slice(-NOISE_KEPT)
    rest = rest.subarray(at + first.length)
    hasBegun = true
    return true
  }
  const take = (count: number): Buffer => {
    const taken = rest.subarray(0, count)
    rest = rest.subarray(count)
    return taken
  }
  return {
    push(chunk) {
      if (code !== null) return Buffer.alloc(0)
      if (tail !== null) {
        tail += Buffer.from(chunk).toString('latin1')
        readCode()
        return Buffer.alloc(0)
      }
      rest = Buffer.concat([rest, chunk])
      if (!hasBegun && !begin()) return Buffer.alloc(0)
      const at = rest.indexOf(last)
      if (at < 0) return take(rest.length - begunLength(rest, last))
      const content = take(at)
      tail = rest.toString('latin1', last.length)
      rest = Buffer.alloc(0)
      readCode()
      return content
    },
    hasBegun: () => hasBegun,
    exitCode: () => code,
    unmarkedOutput: () => (hasBegun ? noise : rest.toString('latin1').slice(-NOISE_KEPT)),
  }
}

/** How many bytes at the end may be the start of the mark. All others are the program's and are passed on. */
function begunLength(bytes: Buffer, mark: Buffer): number {
  for (let length = Math.min(bytes.length, mark.length - 1); length > 0; length--) {
    if (bytes.subarray(bytes.length - length).equals(mark.subarray(0, length))) return length
  }
  return 0
}
