// Cuts what a program wrote out of a stream of bytes: from between two marks that nobody can guess, as the bytes come.

const NOISE_KEPT = 8 * 1024

export interface MarkerParser {
  /** Takes the next bytes and gives back those of them, or held back before, that the program wrote. */
  push(chunk: Uint8Array): Buffer
  /** True once the first mark was there. */
  hasBegun(): boolean
  /** The exit code behind the last mark; null while that has not come. */
  exitCode(): number | null
  /** What came before the first mark: words of login scripts or of ssh itself. */
  unmarkedOutput(): string
}

/** `MARK<` and a newline begin, `MARK>CODE` and a newline end. */
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

/** How many bytes at the end may be the beginning of the mark: all others are the program's, and are not held back. */
function begunLength(bytes: Buffer, mark: Buffer): number {
  for (let length = Math.min(bytes.length, mark.length - 1); length > 0; length--) {
    if (bytes.subarray(bytes.length - length).equals(mark.subarray(0, length))) return length
  }
  return 0
}
