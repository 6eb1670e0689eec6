// Extracts the answer of a script from the output of a remote shell: the part between two random marks.

import type { Readable } from 'node:stream'
import { FaultError } from '../../model/values/fault.ts'

/** How much login output is kept for the message of a fault. The final mark is searched in as much. */
const NOISE_KEPT = 64 * 1024

/** A script can't affect the shell itself: it has no input, no stderr, and its `exit` ends only a child. */
export function markedScript(script: string, mark: string): string {
  return `printf '\\n%s\\n' '${mark}<'\n(\n${script}\n) </dev/null 2>/dev/null\nprintf '\\n%s%s\\n' '${mark}>' "$?"\n`
}

interface Printed {
  readonly stdout: string
  readonly exitCode: number
  readonly heardAt: number
}

/** Collects stdout and returns the part between the marks. Text before it comes from login scripts. */
export function createSshOutput(stream: Readable, limit: number) {
  let text = ''
  let noise = ''
  let waiting: { mark: string; heardAt: number | null; resolve(p: Printed): void; reject(e: unknown): void } | null =
    null
  const consume = () => {
    if (waiting === null) {
      noise = (noise + text).slice(-NOISE_KEPT)
      text = ''
      return
    }
    const begin = text.indexOf(`\n${waiting.mark}<\n`)
    if (begin >= 0 && text.length > begin + waiting.mark.length + 3) waiting.heardAt ??= Date.now()
    const [end, code] = new RegExp(`\\n${waiting.mark}>(\\d+)\\n`).exec(text.slice(-NOISE_KEPT)) ?? []
    if (begin >= 0 && end !== undefined) {
      const stdout = text.slice(begin + waiting.mark.length + 3, text.lastIndexOf(end))
      waiting.resolve({ stdout, exitCode: Number(code), heardAt: waiting.heardAt ?? Date.now() })
    } else if (text.length > limit) {
      waiting.reject(new FaultError(tooMuch(limit)))
    }
  }
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
    consume()
  })
  return {
    expect: (mark: string) =>
      new Promise<Printed>((resolve, reject) => {
        noise = (noise + text).slice(-NOISE_KEPT)
        text = ''
        waiting = { mark, heardAt: null, resolve, reject }
      }),
    fail: (error: FaultError) => waiting?.reject(error),
    forget() {
      waiting = null
      consume()
    },
    noise: () => noise + text,
  }
}

function tooMuch(limit: number) {
  return {
    code: 'protocol',
    message: `A remote command printed more than ${Math.round(limit / 1024)} kB and was ended`,
    hint: 'Check what the login scripts of the account print.',
  } as const
}
