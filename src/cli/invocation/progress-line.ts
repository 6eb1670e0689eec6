// One line on standard error with the progress of a long command. It appears on a terminal only and disappears at the
// end.

import { clean } from '../../model/values/text.ts'
import { formatBytes } from '../../model/values/units.ts'
import type { CopyProgress } from '../../runtime/log-collection/copy-logs.ts'

export interface StatusLine<Shown> {
  readonly show: (shown: Shown) => void
  readonly clear: () => void
}

type Stream = Pick<NodeJS.WriteStream, 'isTTY' | 'write'>

const EVERY_MS = 200

/** `what: detail`, which overwrites itself. */
export function statusLine(stream: Stream, what: string): StatusLine<string> {
  let shownAt = Number.NEGATIVE_INFINITY
  const write = (text: string) => {
    if (stream.isTTY) stream.write(`\r\x1b[2K${clean(text)}`)
  }
  write(what)
  return {
    show(detail) {
      if (performance.now() - shownAt < EVERY_MS) return
      shownAt = performance.now()
      write(`${what}: ${detail}`)
    },
    clear: () => write(''),
  }
}

/** `what: 12 MB of 80 MB`. */
export function progressLine(stream: Stream, what: string): StatusLine<CopyProgress> {
  const { show, clear } = statusLine(stream, what)
  return {
    clear,
    show: ({ doneBytes, totalBytes }) => show(`${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`),
  }
}
