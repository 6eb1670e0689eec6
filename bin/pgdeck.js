#!/usr/bin/env node
// Starts pgdeck. Kept in old syntax and without imports, so that an old Node can read it and say what is needed instead of
// failing obscurely, and a new one loads nothing that the command does not use.

const NEEDED = [22, 13]
const UNAVAILABLE = 69
const HANDED_OVER = 'PGDECK_HANDED_OVER'

/** Commands that run often and use little: what is compiled for each is kept apart, or the first to run would decide it. */
const FREQUENT = ['status', 'check', 'metrics', 'topology', 'demo']

const program = new URL('../dist/pgdeck.js', import.meta.url)

function recentEnough(version) {
  const [major, minor] = version.split('.').map(Number)
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])
}

/** Where compiled code is kept between starts; null when this user has no place for it. */
function cacheFolder(command) {
  try {
    const { homedir } = process.getBuiltinModule('node:os')
    const { join } = process.getBuiltinModule('node:path')
    const { LOCALAPPDATA, XDG_CACHE_HOME } = process.env
    const home = homedir()
    const usual = process.platform === 'darwin' ? join(home, 'Library', 'Caches') : join(home, '.cache')
    const caches = (process.platform === 'win32' && LOCALAPPDATA) || XDG_CACHE_HOME || usual
    return join(caches, 'pgdeck', 'compiled', command)
  } catch {
    return null
  }
}

/** The part of the compiled code that a call needs: without a command, it is the monitor. */
function partOf(first) {
  if (FREQUENT.includes(first)) return first
  return first === undefined || first === 'watch' || !/^[a-z]+$/.test(first) ? 'watch' : 'other'
}

function start() {
  if (process.env[HANDED_OVER]) {
    delete process.env[HANDED_OVER]
    process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
    if (process.channel) process.channel.unref()
  }
  if (!process.getBuiltinModule('node:fs').existsSync(program)) {
    const { fileURLToPath } = process.getBuiltinModule('node:url')
    const [file, root] = [program, new URL('..', import.meta.url)].map((url) => fileURLToPath(url))
    process.stderr.write(`pgdeck: ${file} is missing: run  npm run build  in ${root}\n`)
    process.exitCode = UNAVAILABLE
    return
  }
  // React's development build is several times slower.
  process.env.NODE_ENV = 'production'
  const folder = process.env.NODE_COMPILE_CACHE || cacheFolder(partOf(process.argv[2]))
  if (folder) process.getBuiltinModule('node:module').enableCompileCache(folder)
  import(program.href)
}

if (recentEnough(process.versions.node)) start()
else import('./other-node.js').then(({ useOtherNode }) => useOtherNode({ NEEDED, UNAVAILABLE, HANDED_OVER }))
