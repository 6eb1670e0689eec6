// Tablespaces swapped in real folders: cut off after each command, gone on with or taken back, nothing is lost.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  moveTablespacesBack,
  moveTablespacesIn,
  type TablespaceSwap,
  whyTablespacesNotIn,
} from '../../../src/actions/tablespaces/swap-tablespaces.ts'
import { type HostConnection, openHostConnection } from '../../../src/io/hosts/host-connection.ts'

const FOLDER = 'PG_18_202506291'
const RUN = '20261130T120000Z-rebuild-replica-db-1-0001'
const CHANGES = new Set(['mv', 'mkdir', 'rmdir', 'ln'])
const { signal } = new AbortController()

interface Ground {
  readonly swap: TablespaceSwap
  readonly previousData: string
  readonly dataDirectory: string
  /** The word in the one file of each folder; null: there is none. */
  readonly words: () => readonly (string | null)[]
}

/** One tablespace stays in its place, one moves to another, one is new, one is gone upstream. */
function ground(base: string): Ground {
  const at = (name: string) => join(base, name)
  const fill = (place: string, word: string) => {
    mkdirSync(join(at(place), FOLDER), { recursive: true })
    writeFileSync(join(at(place), FOLDER, 'word'), word)
  }
  const data = (name: string) => {
    mkdirSync(join(at(name), 'pg_tblspc'), { recursive: true })
    return at(name)
  }
  const [previousData, dataDirectory] = [data('data.old'), data('data')]
  const names = ['stays “here”', 'from', 'to', 'new=1', 'gone']
  for (const name of names) mkdirSync(at(name))
  const former = [
    { oid: '1', path: at('stays “here”'), folder: FOLDER },
    { oid: '2', path: at('from'), folder: FOLDER },
    { oid: '4', path: at('gone'), folder: FOLDER },
  ]
  for (const { oid, path } of former) {
    fill(path.slice(base.length + 1), `old ${oid}`)
    symlinkSync(path, join(previousData, 'pg_tblspc', oid))
  }
  const placed = [
    { oid: '1', path: at('stays “here”'), folder: FOLDER },
    { oid: '2', path: at('to'), folder: FOLDER },
    { oid: '3', path: at('new=1'), folder: FOLDER },
  ]
  for (const { oid, path } of placed) {
    fill(`${path.slice(base.length + 1)}/pgdeck-${RUN}.part`, `new ${oid}`)
    symlinkSync(path, join(dataDirectory, 'pg_tblspc', oid))
  }
  const wordIn = (path: string) => {
    const file = join(path, FOLDER, 'word')
    return existsSync(file) ? readFileSync(file, 'utf8') : null
  }
  const words = () => names.map((name) => wordIn(at(name)))
  return { swap: { placed, former, asOwner: [] }, previousData, dataDirectory, words }
}

/** This host, with each program run at once: a shell for each takes too long here. */
function here(): HostConnection {
  return {
    ...openHostConnection({ id: 'here', address: null, access: { kind: 'local' } }),
    async run([program = '', ...args]) {
      if (program === 'test') return { exitCode: existsSync(args[1] ?? '') ? 0 : 1, stdout: '', stderr: '' }
      const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' })
      return { exitCode: status, stdout, stderr }
    },
  }
}

/** Fails like a process that is killed, after so many commands that change something. */
function cutAfter(connection: HostConnection, commands: number): HostConnection {
  let left = commands
  return {
    ...connection,
    async run(argv, options) {
      if (CHANGES.has(argv[0] ?? '') && left-- <= 0) throw new Error('cut off')
      return connection.run(argv, options)
    },
  }
}

const OLD = ['old 1', 'old 2', null, null, 'old 4']
const NEW = ['new 1', null, 'new 2', 'new 3', null]

/** The server could start on it: its links lead to its files. */
function assertOldIsWhole({ previousData }: Ground): void {
  for (const oid of ['1', '2', '4']) {
    const place = readlinkSync(join(previousData, 'pg_tblspc', oid))
    assert.equal(readFileSync(join(place, FOLDER, 'word'), 'utf8'), `old ${oid}`)
  }
}

async function eachCut(then: (ground: Ground, connection: HostConnection) => Promise<void>): Promise<number> {
  const connection = here()
  for (let commands = 0; ; commands++) {
    const base = mkdtempSync(join(tmpdir(), 'pgdeck-spaces-'))
    try {
      const made = ground(base)
      const place = { run: RUN, signal, previousData: made.previousData }
      const cut = await moveTablespacesIn(made.swap, { ...place, connection: cutAfter(connection, commands) }).then(
        () => false,
        (error: unknown) => {
          assert.match(String(error), /cut off/)
          return true
        },
      )
      await then(made, connection)
      if (!cut) return commands
    } finally {
      rmSync(base, { recursive: true, force: true })
    }
  }
}

test('cut off after any command, the swap is gone on with', async () => {
  const commands = await eachCut(async (made, connection) => {
    const place = { run: RUN, signal, previousData: made.previousData, connection }
    await moveTablespacesIn(made.swap, place)
    assert.deepEqual(made.words(), NEW)
    assertOldIsWhole(made)
    assert.equal(await whyTablespacesNotIn(made.swap, made.dataDirectory, place), null)
    await moveTablespacesIn(made.swap, place)
    assert.deepEqual(made.words(), NEW, 'once more, it changes nothing')
  })
  assert.equal(commands, 3 * 3 + 3 * 2)
})

test('cut off after any command, the swap is taken back, also if that is cut off too', async () => {
  await eachCut(async (made, connection) => {
    const place = { run: RUN, signal, previousData: made.previousData, connection }
    await moveTablespacesBack(made.swap, { ...place, connection: cutAfter(connection, 4) }).catch(() => {})
    await moveTablespacesBack(made.swap, place)
    assert.deepEqual(made.words(), OLD)
    assertOldIsWhole(made)
    for (const { oid, path } of made.swap.placed)
      assert.equal(readFileSync(join(path, `pgdeck-${RUN}.part`, FOLDER, 'word'), 'utf8'), `new ${oid}`)
  })
})

test('after the copy was removed, the old data that were not moved yet stay in their places', async () => {
  await eachCut(async (made, connection) => {
    const place = { run: RUN, signal, previousData: made.previousData, connection }
    for (const { path } of made.swap.placed) rmSync(join(path, `pgdeck-${RUN}.part`), { recursive: true, force: true })
    await moveTablespacesBack(made.swap, place)
    assert.deepEqual(made.words(), OLD)
    assertOldIsWhole(made)
  })
})

test('files that appear at a place meanwhile are left alone', async () => {
  const base = mkdtempSync(join(tmpdir(), 'pgdeck-spaces-'))
  try {
    const made = ground(base)
    mkdirSync(join(base, 'to', FOLDER))
    const connection = here()
    const place = { run: RUN, signal, previousData: made.previousData, connection }
    await assert.rejects(moveTablespacesIn(made.swap, place), /both .* exist/)
    assert.equal(existsSync(join(base, 'to', `pgdeck-${RUN}.part`, FOLDER, 'word')), true)
  } finally {
    rmSync(base, { recursive: true, force: true })
  }
})
