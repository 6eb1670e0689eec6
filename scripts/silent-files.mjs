// The last resort for a test file: its process is ended where nothing was heard of it for longer than it would stay silent
// by itself (watchdog.mjs), because it is stuck where no timer of its own comes to pass. Only silence counts, never time.

import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'

const SILENCE_MS = Number(process.env.PGDECK_TEST_SILENCE_MS ?? 15 * 60_000)
const MOST_SILENT_MS = SILENCE_MS + Math.min(5 * 60_000, SILENCE_MS)
const LOOK_MS = Math.min(30_000, SILENCE_MS / 4)

/** Begins to watch the test processes of these files that this one starts; `hear` is told of each event with its file's path. */
export function endSilentFiles(files) {
  const heardAt = new Map()
  const seen = new Set()
  const look = setInterval(() => {
    const now = performance.now()
    for (const { pid, args } of children()) {
      const name = files.find((each) => args.endsWith(each))
      if (name === undefined) continue
      const file = resolve(name)
      if (!seen.has(pid)) heardAt.set(file, now)
      seen.add(pid)
      if (now - heardAt.get(file) < MOST_SILENT_MS) continue
      console.log(`ENDED   ${name}: nothing was heard of it for ${Math.round(MOST_SILENT_MS / 1000)} s`)
      heardAt.set(file, now)
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It has ended.
      }
    }
  }, LOOK_MS).unref()
  return {
    hear(file) {
      if (file !== undefined) heardAt.set(file, performance.now())
    },
    close: () => clearInterval(look),
  }
}

/** The processes that this one started, with what they were started with. */
function children() {
  const { stdout } = spawnSync('ps', ['-A', '-ww', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
  return (stdout ?? '').split('\n').flatMap((line) => {
    const [, pid, parent, args] = /^\s*(\d+)\s+(\d+)\s+(.*?)\s*$/.exec(line) ?? []
    return Number(parent) === process.pid ? [{ pid: Number(pid), args }] : []
  })
}
