// `npm run build:binary`: pgdeck and the pinned Node in one executable file, build/pgdeck-linux-x64 (or -arm64).

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Script } from 'node:vm'
import { compiledParts } from './binary/compiled.ts'
import { withNote } from './binary/elf-note.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const HERE = join(root, 'scripts', 'binary')
/** What Node's documentation names: where it looks for what it is to run, and how it knows that there is something. */
const NOTE = 'NODE_SEA_BLOB'
const FUSE = Buffer.from('NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:')

/** Where the executable for this machine's kind is built. */
export const BINARY = join(root, 'build', `pgdeck-${process.platform}-${process.arch}`)

/** A Node of a distribution may need libraries that other machines don't have; the pinned one needs glibc only. */
function pinnedNode(): string {
  const name = `node-${process.platform}-${process.arch}`
  if (process.platform !== 'linux') throw new Error(`only built for Linux on Linux; this is ${process.platform}`)
  if (process.execPath.includes(join('node_modules', name, 'bin'))) return process.execPath
  throw new Error(
    `runs on ${process.execPath}, not on the Node that the project pins: use  npm ci && npm run build:binary`,
  )
}

/** Everything the executable carries, as Node wants it. */
async function makeBlob(node: string, folder: string): Promise<Buffer> {
  const program = join(root, 'dist', 'pgdeck.js')
  const text = readFileSync(program, 'latin1')
  const assets: Record<string, string> = { program, licences: join(root, 'dist', 'LICENSES.txt') }
  assets.nodeLicence = join(dirname(dirname(node)), 'LICENSE')
  for (const [part, path] of await compiledParts(program, folder)) {
    const { cachedDataRejected } = new Script(text, { filename: 'pgdeck.js', cachedData: readFileSync(path) })
    if (cachedDataRejected !== false) throw new Error(`the engine does not take back what it compiled for ${part}`)
    assets[`compiled-${part}`] = path
  }
  const output = join(folder, 'blob')
  const config = join(folder, 'sea.json')
  const main = join(HERE, 'boot.cjs')
  // NODE_OPTIONS of the machine are for its own Node, not for a program that happens to contain one.
  const own = { disableExperimentalSEAWarning: true, execArgvExtension: 'none' }
  writeFileSync(config, JSON.stringify({ main, output, assets, ...own }))
  execFileSync(node, ['--experimental-sea-config', config], { stdio: 'pipe' })
  return readFileSync(output)
}

/** Tells Node that there is something to run. */
function lightFuse(program: Buffer): void {
  const at = program.indexOf(FUSE)
  if (at < 0 || program.indexOf(FUSE, at + 1) >= 0) throw new Error('this Node has no single place for a program')
  program.write('1', at + FUSE.length)
}

/** Builds it and resolves with its path. */
export async function buildBinary(): Promise<string> {
  const node = pinnedNode()
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-binary-'))
  try {
    execFileSync(node, [join(root, 'scripts', 'build.mjs')], { stdio: ['ignore', 'ignore', 'inherit'] })
    const binary = withNote(readFileSync(node), NOTE, await makeBlob(node, folder))
    lightFuse(binary)
    mkdirSync(dirname(BINARY), { recursive: true })
    // One that runs keeps its file.
    writeFileSync(`${BINARY}.new`, binary, { mode: 0o755 })
    renameSync(`${BINARY}.new`, BINARY)
    return BINARY
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const path = await buildBinary()
    const said = execFileSync(path, ['version'], { encoding: 'utf8' }).trim()
    const content = readFileSync(path)
    const sum = createHash('sha256').update(content).digest('hex')
    console.log(`${relative(root, path)}: ${said}\n${(content.length / 1e6).toFixed(0)} MB, sha256 ${sum}`)
  } catch (error) {
    console.error(`build:binary: ${(error as Error).message}`)
    process.exitCode = 1
  }
}
