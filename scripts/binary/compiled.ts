// The compiled code that the single executable carries: each part is what a command of its kind made the engine compile, on
// simulated databases.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Fleet, startFleet } from '../../bench/fleet/fleet.ts'
import { openPty } from '../../test/fakes/pty.ts'

const RUNNER = fileURLToPath(new URL('keep-compiled.cjs', import.meta.url))
const DATABASES = 3
const PATIENCE_MS = 10_000

/** Files with compiled code by part, as boot.cjs names them. `program` is the path of the program's text. */
export async function compiledParts(program: string, folder: string): Promise<ReadonlyMap<string, string>> {
  const path = (part: string) => join(folder, `compiled-${part}`)
  const run = (part: string) => [RUNNER, program, path(part)]
  const fleet = await startFleet(1, DATABASES)
  const env = { ...process.env, PGDECK_STATE_DIR: join(folder, 'state'), HOME: folder }
  try {
    await quietly([...run('other'), 'version'], env)
    await quietly([...run('status'), 'status', '--json', '--config', fleet.config], env)
    await throughTheViews([...run('watch'), 'watch', '--config', fleet.config], fleet, env)
  } finally {
    await fleet.stop()
  }
  return new Map(['other', 'status', 'watch'].map((part) => [part, path(part)]))
}

async function quietly(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let told = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told += text
  })
  const [code] = await once(child, 'close')
  // The simulated databases may well be ill; that the command ran is enough.
  if (code === null || code > 3) throw new Error(`${args.slice(3).join(' ')}: ended with ${code}: ${told}`)
}

/** The monitor in a terminal, each view once. */
async function throughTheViews(args: readonly string[], fleet: Fleet, env: NodeJS.ProcessEnv): Promise<void> {
  const pty = openPty({ command: process.execPath, args, cols: 120, rows: 40, env, cwd: fleet.folder })
  try {
    await pty.until((screen) => screen.includes(`${DATABASES} of ${DATABASES} up`), 'every database')
    for (const key of ['2', '3', '4', '5', '9', '0', '1']) {
      const before = pty.screen()
      pty.press(key)
      await pty.until((screen) => screen !== before, `another view by ${key}`)
    }
    pty.press('q')
    const patience = setTimeout(() => pty.close(), PATIENCE_MS)
    const { code } = await pty.ended
    clearTimeout(patience)
    if (code !== 0) throw new Error(`the monitor ended with ${code}`)
  } finally {
    pty.close()
  }
}
