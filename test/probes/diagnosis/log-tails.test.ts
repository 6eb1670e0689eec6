// The ends of logs in folders of a host: with the names that a server or a rotation gives, and with what must not be read.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { HostConfig } from '../../../src/config/config.ts'
import { logTailsOnHost } from '../../../src/probes/diagnosis/log-tails.ts'
import type { AccessibleHost } from '../../../src/probes/probe.ts'
import { within } from '../../wait.ts'

const HOST = {
  id: 'h1',
  address: null,
  dataDirectory: null,
  binDirectory: null,
  start: null,
  stop: null,
  platform: 'linux',
  installDirectory: null,
  logs: [],
} as const

const here: AccessibleHost = { config: { ...HOST, access: { kind: 'local' } } as HostConfig, ssh: null }

/** A folder, and how to write a file of some age in it. */
function folderOf(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck logs-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const write = (name: string, text: string | Uint8Array, age: number) => {
    writeFileSync(join(folder, name), text)
    utimesSync(join(folder, name), 1_700_000_000 - age, 1_700_000_000 - age)
  }
  const tails = async (filename: string | null, ...names: readonly string[]) => {
    const places = names.length === 0 ? [folder] : names.map((name) => join(folder, name))
    return (await logTailsOnHost(here, places, filename, within(15_000))).map((text) => text.trim())
  }
  return { folder, write, tails }
}

test('each format has a text, in which what was rotated comes first', async (context) => {
  const { write, tails } = folderOf(context)
  write('postgresql-old.log', 'old\n', 100)
  write('postgresql-new.log', 'first\nsecond\n', 10)
  write('postgresql-empty.log', '', 0)
  write('postgresql-new.csv', 'csv\n', 0)
  write('postgresql.json', 'json\n', 0)
  write('postgresql.log.xz', 'packed\n', 0)
  write('other', 'named\n', 50)
  write('other.1', 'before\n', 60)
  write('other-20261129.gz', gzipSync('packed before\n'), 70)
  write('other.new', 'of something else\n', 1)
  assert.deepEqual(await tails(null, '.', 'other', 'not there'), [
    'old\n\nfirst\nsecond',
    'csv',
    'json',
    'packed before\n\nbefore\n\nnamed',
  ])
  assert.deepEqual(await logTailsOnHost(here, [], null, within(15_000)), [])
})

test('the names of the server keep the logs of others away', async (context) => {
  const { write, tails } = folderOf(context)
  write('a+b_2026-11-29_03.log', 'ours\n', 20)
  write('a+b_2026-11-29_02.log.1', 'ours before\n', 30)
  write('a+b_2026-11-29_02.log.2.gz', gzipSync('ours long before\n'), 40)
  write('a+b_2026-11-29_03.csv', 'our csv\n', 20)
  write('aab_2026-11-29_03.log', 'of another\n', 1)
  write('postgresql.log', 'of a third\n', 0)
  assert.deepEqual(await tails('a+b_%Y-%m-%d_%H.log'), ['ours long before\n\nours before\n\nours', 'our csv'])
  // Nothing has these names: the usual ones.
  assert.match((await tails('elsewhere-%a'))[0] ?? '', /of a third$/)
})

test('a long file leaves no room for older ones, and so does a packed one', async (context) => {
  const { write, tails } = folderOf(context)
  write('p.log', `${'x'.repeat(99)}\n`.repeat(2_000), 0)
  write('p.log.1', 'older\n', 1)
  const [text = ''] = await tails('p.log')
  assert.equal(text.includes('older'), false)
  assert.ok(text.length <= 128 * 1024)
  write('p.log', 'short\n', 0)
  write('p.log.1', gzipSync('no, this name says it is not packed'), 1)
  write('p.log.2.gz', gzipSync('x\n'.repeat(4_000_000)), 2)
  write('p.log.3.gz', gzipSync('oldest\n'), 3)
  const [packed = ''] = await tails('p.log')
  assert.match(packed, /short$/)
  assert.equal(packed.includes('oldest'), false)
  assert.ok(packed.length <= 2 * 128 * 1024)
})

test('pipes, devices, links and folders with the name of a log are passed over', async (context) => {
  const { folder, write, tails } = folderOf(context)
  const secret = join(folder, 'secret')
  writeFileSync(secret, 'hush8\n')
  execFileSync('mkfifo', [join(folder, 'postgresql-1.log')])
  symlinkSync(secret, join(folder, 'postgresql-2.log'))
  symlinkSync('/dev/zero', join(folder, 'postgresql-3.log'))
  mkdirSync(join(folder, 'postgresql-4.log'))
  symlinkSync('/nowhere', join(folder, 'postgresql-5.log'))
  write("postgresql-$(touch x)'\n.log", 'odd\n', 1)
  write('postgresql-6.log', 'plain\n', 1_000)
  write('-n.log', 'with a dash\n', 2_000)
  assert.deepEqual(await tails(null), ['with a dash\n\nplain'])
  assert.deepEqual(await tails(null, 'postgresql-1.log'), [])
})
