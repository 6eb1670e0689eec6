#!/usr/bin/env node
// Starts pgdeck. Kept in old syntax and without imports, so that an old Node can read it and say what is needed instead of
// failing obscurely, and a new one loads nothing that the command does not use.

const NEEDED = [22, 13]
const UNAVAILABLE = 69
const HANDED_OVER = 'PGDECK_HANDED_OVER'
/** Before the compiled code in its file: how long it is, and the mark of the bundle that it was compiled of. */
const HEADER = 8 + 4 * 8
/** When most of what a start runs has run; after that the engine's settings may change (src/io/engine/v8-flags.ts). */
const SETTLED_MS = 4_000
/** The highest exit code by which a command tells what it found; those above say that it failed. */
const WORST_STATE = 3

/** Commands that run often and use little: what is compiled for each is kept apart, or the first to run would decide it. */
const FREQUENT = ['status', 'check', 'metrics', 'topology', 'demo']

const program = new URL('../dist/pgdeck.js', import.meta.url)

function recentEnough(version) {
  const [major, minor] = version.split('.').map(Number)
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])
}

/** Whether only this user or root can have made what these facts are of: compiled code is executed as it is. */
function isOurs({ uid, mode }) {
  return !process.geteuid || ((uid === process.geteuid() || uid === 0) && (mode & 0o022) === 0)
}

/** Whether the folder is ours, or what there is of its path: sudo may have kept the home of somebody else. */
function isOurFolder(folder) {
  const { statSync } = process.getBuiltinModule('node:fs')
  const { dirname } = process.getBuiltinModule('node:path')
  const facts = statSync(folder, { throwIfNoEntry: false })
  if (facts) return isOurs(facts)
  let above = dirname(folder)
  while (!statSync(above, { throwIfNoEntry: false })) above = dirname(above)
  // What will be made in it is for us alone, whatever its group may.
  const { uid, mode } = statSync(above)
  return isOurs({ uid, mode: (mode & 0o1000) === 0 ? mode & 0o002 : 0 })
}

/** Where compiled code is kept between starts; null when this user has no place for it, or wants none. */
function cacheFolder() {
  try {
    const { homedir } = process.getBuiltinModule('node:os')
    const { join } = process.getBuiltinModule('node:path')
    const { LOCALAPPDATA, NODE_COMPILE_CACHE, NODE_DISABLE_COMPILE_CACHE, XDG_CACHE_HOME } = process.env
    if (NODE_DISABLE_COMPILE_CACHE) return null
    if (NODE_COMPILE_CACHE) return isOurFolder(NODE_COMPILE_CACHE) ? NODE_COMPILE_CACHE : null
    const home = homedir()
    const usual = process.platform === 'darwin' ? join(home, 'Library', 'Caches') : join(home, '.cache')
    const caches = (process.platform === 'win32' && LOCALAPPDATA) || XDG_CACHE_HOME || usual
    const folder = join(caches, 'pgdeck', 'code')
    return isOurFolder(folder) ? folder : null
  } catch {
    return null
  }
}

/** The part of the compiled code that a call needs: without a command, it is the monitor. */
function partOf(first) {
  if (FREQUENT.includes(first)) return first
  return first === undefined || first === 'watch' || !/^[a-z]+$/.test(first) ? 'watch' : 'other'
}

/** Tells this bundle from every other that may have been at its place: the engine itself looks at its length only. */
function markOf(bundle) {
  const { ino, size, mtimeMs, ctimeMs } = process.getBuiltinModule('node:fs').statSync(bundle)
  return Buffer.from(new Float64Array([ino, size, mtimeMs, ctimeMs]).buffer)
}

/** What was kept for the bundle of that mark; undefined when there is nothing, only a part of it, or what is not ours. */
function readCompiled(file, mark) {
  const fs = process.getBuiltinModule('node:fs')
  let descriptor
  try {
    descriptor = fs.openSync(file, 'r')
    if (!isOurs(fs.fstatSync(descriptor))) return undefined
    const found = fs.readFileSync(descriptor)
    const compiled = found.subarray(HEADER)
    return found.subarray(8, HEADER).equals(mark) && found.readDoubleLE(0) === compiled.length ? compiled : undefined
  } catch {
    return undefined
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor)
  }
}

/** Keeps what the engine has compiled so far. A start without it is slower, nothing else: a failure is not told. */
function keepCompiled(script, file, mark) {
  try {
    const fs = process.getBuiltinModule('node:fs')
    const compiled = script.createCachedData()
    const length = Buffer.alloc(8)
    length.writeDoubleLE(compiled.length)
    fs.mkdirSync(process.getBuiltinModule('node:path').dirname(file), { recursive: true, mode: 0o700 })
    const fresh = `${file}.${process.pid}`
    // The engine believes what it is given: all of it must be there, even after a power cut.
    fs.writeFileSync(fresh, Buffer.concat([length, mark, compiled]), { mode: 0o600, flag: 'wx', flush: true })
    fs.renameSync(fresh, file)
  } catch {}
}

/** Sees to it that the next start finds what this one has compiled: once most of it has run, at the latest when it ends. */
function keepLater(script, file, mark) {
  let done = false
  const keep = () => {
    if (!done) keepCompiled(script, file, mark)
    done = true
  }
  setTimeout(keep, SETTLED_MS).unref()
  // A start that failed has run too little of the program to go by.
  process.on('exit', (code) => code <= WORST_STATE && keep())
}

/** Runs the bundle, a function in one script, with what the engine compiled of it when it last ran for such a command. */
function run() {
  const { Script } = process.getBuiltinModule('node:vm')
  const { fileURLToPath } = process.getBuiltinModule('node:url')
  const { dirname, join } = process.getBuiltinModule('node:path')
  const folder = cacheFolder()
  const file = folder && join(folder, partOf(process.argv[2]))
  const mark = file && markOf(program)
  const cachedData = file ? readCompiled(file, mark) : undefined
  const text = process.getBuiltinModule('node:fs').readFileSync(program, 'latin1')
  const script = new Script(text, { filename: program.href, cachedData })
  if (file && (!cachedData || script.cachedDataRejected)) keepLater(script, file, mark)
  process.on('beforeExit', tellOfEarlyEnd)
  const filename = fileURLToPath(program)
  script.runInThisContext()({ url: program.href, filename, dirname: dirname(filename) })
}

/** The program ends by itself when it is done; whatever it waited for now can't come any more. */
function tellOfEarlyEnd() {
  process.stderr.write('pgdeck: ended early: nothing is left that it could wait for\n')
  process.exitCode = 13
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
  run()
}

if (recentEnough(process.versions.node)) start()
else import('./other-node.js').then(({ useOtherNode }) => useOtherNode({ NEEDED, UNAVAILABLE, HANDED_OVER }))
