#!/usr/bin/env node
// Starts pgdeck. Kept in old syntax, so that an old Node can read it and say what is needed instead of failing obscurely.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import nodeModule from 'node:module'
import { constants, homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const NEEDED = [22, 13]
const UNAVAILABLE = 69
const HANDED_OVER = 'PGDECK_HANDED_OVER'

const root = fileURLToPath(new URL('..', import.meta.url))
const program = join(root, 'dist', 'pgdeck.js')

function recentEnough(version) {
  const [major, minor] = version.split('.').map(Number)
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])
}

function giveUp(message) {
  process.stderr.write(`pgdeck: ${message}\n`)
  process.exitCode = UNAVAILABLE
}

/** The Node that a checkout of the repository brings along; null in an installed package. */
function pinnedNode() {
  const name = `node-${process.platform}-${process.arch}`
  const places = [join(root, 'node_modules'), join(root, 'tools', 'runtime', 'node_modules')]
  const found = places.map((place) => join(place, name, 'bin', 'node')).find((path) => existsSync(path))
  return found || null
}

/** Runs the same command under another Node, as if it had been called: same terminal, same signals, same exit code. */
function handOver(node) {
  // The channel carries nothing: its end tells the other process that this one is gone, even when it was killed.
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: Object.assign({}, process.env, { [HANDED_OVER]: '1' }),
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) {
    process.on(signal, () => {
      // A key on a terminal signals both processes; a second one would make the other hurry.
      const fromKeyboard = process.stdin.isTTY && (signal === 'SIGINT' || signal === 'SIGQUIT')
      if (!fromKeyboard) child.kill(signal)
    })
  }
  child.on('error', (error) => giveUp(`could not start ${node}: ${error.message}`))
  child.on('exit', (code, signal) => {
    process.exit(code === null ? 128 + (constants.signals[signal] || 0) : code)
  })
}

function explain() {
  const needed = NEEDED.join('.')
  giveUp(
    `needs Node ${needed} or newer, and this is Node ${process.versions.node} (${process.execPath}). ` +
      'Get a current one from https://nodejs.org/ or your package manager',
  )
}

/** Where compiled code is kept between starts; null when this user has no place for it. */
function cacheFolder() {
  try {
    const { LOCALAPPDATA, XDG_CACHE_HOME } = process.env
    const home = homedir()
    const usual = process.platform === 'darwin' ? join(home, 'Library', 'Caches') : join(home, '.cache')
    return join((process.platform === 'win32' && LOCALAPPDATA) || XDG_CACHE_HOME || usual, 'pgdeck', 'compiled')
  } catch {
    return null
  }
}

function start() {
  if (process.env[HANDED_OVER]) {
    delete process.env[HANDED_OVER]
    process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
    if (process.channel) process.channel.unref()
  }
  if (!existsSync(program)) {
    giveUp(`${program} is missing: run  npm run build  in ${root}`)
    return
  }
  // React's development build is several times slower.
  process.env.NODE_ENV = 'production'
  const folder = process.env.NODE_COMPILE_CACHE || cacheFolder()
  if (folder && nodeModule.enableCompileCache) nodeModule.enableCompileCache(folder)
  import(pathToFileURL(program).href)
}

if (recentEnough(process.versions.node)) start()
else if (pinnedNode() && !process.env[HANDED_OVER]) handOver(pinnedNode())
else explain()
