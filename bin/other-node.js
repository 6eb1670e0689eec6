// What an old Node does instead of running pgdeck: hands over to the Node that a checkout brings along, or says what is needed.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Runs this same call under another Node where there is one; tells and fails otherwise. */
export function useOtherNode({ NEEDED, UNAVAILABLE, HANDED_OVER }) {
  const node = process.env[HANDED_OVER] ? null : pinnedNode()
  if (node) handOver(node, UNAVAILABLE, HANDED_OVER)
  else explain(NEEDED, UNAVAILABLE)
}

function giveUp(message, code) {
  process.stderr.write(`pgdeck: ${message}\n`)
  process.exitCode = code
}

/** The Node that a checkout of the repository brings along; null in an installed package. */
function pinnedNode() {
  const name = `node-${process.platform}-${process.arch}`
  const places = [join(root, 'node_modules'), join(root, 'tools', 'runtime', 'node_modules')]
  const found = places.map((place) => join(place, name, 'bin', 'node')).find((path) => existsSync(path))
  return found || null
}

/** Runs the same command under another Node, as if it had been called: same terminal, same signals, same exit code. */
function handOver(node, unavailable, mark) {
  // The channel carries nothing: its end tells the other process that this one is gone, even when it was killed.
  const child = spawn(node, [join(root, 'bin', 'pgdeck.js'), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: Object.assign({}, process.env, { [mark]: '1' }),
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) {
    process.on(signal, () => {
      // A key on a terminal signals both processes; a second one would make the other hurry.
      const fromKeyboard = process.stdin.isTTY && (signal === 'SIGINT' || signal === 'SIGQUIT')
      if (!fromKeyboard) child.kill(signal)
    })
  }
  child.on('error', (error) => giveUp(`could not start ${node}: ${error.message}`, unavailable))
  child.on('exit', (code, signal) => {
    process.exit(code === null ? 128 + (constants.signals[signal] || 0) : code)
  })
}

function explain(needed, unavailable) {
  const least = needed.join('.')
  giveUp(
    `needs Node ${least} or newer, and this is Node ${process.versions.node} (${process.execPath}). ` +
      'Get a current one from https://nodejs.org/ or your package manager',
    unavailable,
  )
}
