// The audit of an application from a file: its end, what is added, rotation, and why it can't be read. Here and over ssh.

import assert from 'node:assert/strict'
import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  renameSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { AuditSource, HostConfig } from '../../../src/config/config.ts'
import { openSshConnection } from '../../../src/io/ssh/ssh.ts'
import type { AuditPosition } from '../../../src/model/application-audit/entry.ts'
import { FaultError } from '../../../src/model/values/fault.ts'
import { applicationAuditProbe } from '../../../src/probes/application-audit/index.ts'
import type { AccessibleHost } from '../../../src/probes/probe.ts'
import { closedFirst, scratch } from '../../config/scratch.ts'
import { startSshd, withoutSshd } from '../../fakes/sshd.ts'
import { within } from '../../wait.ts'

const FIELDS = { time: 'time', who: 'who', category: 'category', what: 'what', from: 'from', result: 'result' }
const FORM = { format: { kind: 'json', fields: FIELDS }, timeZone: null, category: null } as const

function hostOf(access: HostConfig['access'], platform: HostConfig['platform'] = 'linux'): HostConfig {
  const none = { address: null, dataDirectory: null, binDirectory: null, start: null, stop: null }
  return { id: 'h1', access, platform, installDirectory: null, logs: [], ...none }
}

const HERE: AccessibleHost = { config: hostOf({ kind: 'local' }), ssh: null }

function line(what: string, second = 0): string {
  return `${JSON.stringify({ time: `2026-11-30T06:40:${String(second).padStart(2, '0')}Z`, who: 'ann', what })}\n`
}

/** Reads the file again and again, each time on from where it was. */
function reader(file: string, host: AccessibleHost | null = HERE) {
  const source: AuditSource = { kind: 'file', file, host: 'h1', form: FORM }
  let position: AuditPosition | null = null
  return async () => {
    const reading = await applicationAuditProbe.read({ source, session: null, host, position }, within(20_000))
    position = reading.position
    return { whats: reading.entries.map(({ what }) => what), ...reading }
  }
}

async function faultOf(read: () => Promise<unknown>): Promise<string> {
  const error = await read().then(
    () => assert.fail('it was read'),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof FaultError, String(error))
  return `${error.fault.message} ${error.fault.hint}`
}

function folderOf(context: TestContext): string {
  const folder = join(scratch(context).folder, 'logs')
  mkdirSync(folder)
  return folder
}

describe('the audit in a file', () => {
  test('is read once, then what is added, line by line', async (context) => {
    const file = join(folderOf(context), 'audit.log')
    writeFileSync(file, line('one') + line('two', 1))
    const read = reader(file)
    assert.deepEqual((await read()).whats, ['one', 'two'])
    assert.deepEqual((await read()).whats, [])
    const half = line('three', 2)
    appendFileSync(file, half.slice(0, 20))
    assert.deepEqual((await read()).whats, [])
    appendFileSync(file, half.slice(20))
    assert.deepEqual((await read()).whats, ['three'])
  })

  test('is followed across rotation by renaming and by emptying; nothing is lost or read twice', async (context) => {
    const folder = folderOf(context)
    const file = join(folder, 'audit.log')
    writeFileSync(file, line('one'))
    const read = reader(file)
    assert.deepEqual((await read()).whats, ['one'])
    appendFileSync(file, line('two', 1))
    renameSync(file, join(folder, 'audit.log.1'))
    writeFileSync(file, line('three', 2))
    const rotated = await read()
    assert.deepEqual([rotated.whats, rotated.leftOut], [['two', 'three'], false])
    truncateSync(file, 0)
    appendFileSync(file, line('4', 3))
    assert.deepEqual((await read()).whats, ['4'])
    assert.deepEqual(
      (await reader(file)()).whats,
      ['one', 'two', '4'],
      'a first reading has the rotated file before it',
    )
  })

  test('is followed across several rotations between two readings; what can’t be read is told', async (context) => {
    const folder = folderOf(context)
    const file = join(folder, 'audit.log')
    const now = Math.floor(Date.now() / 1000)
    const rotate = (name: string, secondsAgo: number) => {
      renameSync(file, join(folder, name))
      utimesSync(join(folder, name), now - secondsAgo, now - secondsAgo)
    }
    writeFileSync(file, line('zero'))
    rotate('audit.log.9', 900)
    writeFileSync(file, line('one'))
    const read = reader(file)
    assert.deepEqual((await read()).whats, ['zero', 'one'])
    appendFileSync(file, line('two', 1))
    rotate('audit.log.3', 300)
    writeFileSync(file, line('three', 2))
    rotate('audit.log.2', 200)
    writeFileSync(file, line('four', 3))
    rotate('audit.log.1', 100)
    writeFileSync(file, line('five', 4))
    const rotated = await read()
    assert.deepEqual([rotated.whats, rotated.leftOut], [['two', 'three', 'four', 'five'], false])
    assert.deepEqual((await read()).whats, [])
    rotate('audit.log.0', 50)
    writeFileSync(join(folder, 'audit.log.00.gz'), 'compressed')
    writeFileSync(file, line('six', 5))
    const compressed = await read()
    assert.deepEqual([compressed.whats, compressed.leftOut], [['six'], true])
    writeFileSync(file, '')
    assert.equal((await read()).leftOut, true, 'what was added before it was emptied is not known')
  })

  test('takes no file with a second name for a rotated one, where others may write the folder', async (context) => {
    const folder = folderOf(context)
    const file = join(folder, 'audit.log')
    writeFileSync(file, line('one', 1))
    const other = join(folder, 'other')
    writeFileSync(other, line('of another file'))
    linkSync(other, join(folder, 'audit.log.1'))
    chmodSync(folder, 0o777)
    assert.deepEqual((await reader(file)()).whats, ['one'])
  })

  test('lines of another form that are added are counted, each once, and are no fault', async (context) => {
    const file = join(folderOf(context), 'audit.log')
    writeFileSync(file, line('one'))
    const read = reader(file)
    await read()
    appendFileSync(file, 'java.lang.Exception: x\n\tat Main.main\n')
    const exception = await read()
    assert.deepEqual([exception.whats, exception.unreadable], [[], 2])
    appendFileSync(file, line('two', 1))
    const next = await read()
    assert.deepEqual([next.whats, next.unreadable], [['two'], 0])
  })

  test('bytes that are no text do not shift where the next reading begins', async (context) => {
    const file = join(folderOf(context), 'audit.log')
    writeFileSync(file, Buffer.concat([Buffer.from([0xff, 0xfe, 0x80, 0x0a]), Buffer.from(line('one'))]))
    const read = reader(file)
    const first = await read()
    assert.deepEqual([first.whats, first.unreadable], [['one'], 1])
    appendFileSync(file, line('two', 1))
    assert.deepEqual((await read()).whats, ['two'])
  })

  test('of a long file only the end is read, whole lines of it', async (context) => {
    const file = join(folderOf(context), 'audit.log')
    const filler = line('x'.repeat(900))
    writeFileSync(file, line('first') + filler.repeat(1_000) + line('last', 1))
    const { whats, unreadable, leftOut } = await reader(file)()
    assert.deepEqual([whats.at(-1), whats.includes('first'), unreadable, leftOut], ['last', false, 0, true])
    assert.ok(whats.length > 400 && whats.length < 600)
  })

  test('behind a link of this user is read', async (context) => {
    const folder = folderOf(context)
    writeFileSync(join(folder, 'audit-2026-11-30.log'), line('one'))
    symlinkSync('audit-2026-11-30.log', join(folder, 'audit.log'))
    assert.deepEqual((await reader(join(folder, 'audit.log'))()).whats, ['one'])
  })

  test('that can’t be read says why and what to do', async (context) => {
    const folder = folderOf(context)
    const file = join(folder, 'audit.log')
    assert.match(await faultOf(reader(file)), /there is no file .*audit\.log on h1 Check `audit\.file`/)
    assert.match(await faultOf(reader(join(folder, 'no/audit.log'))), /there is no folder .*\/no on h1/)
    mkdirSync(file)
    assert.match(await faultOf(reader(file)), /is no file that pgdeck reads: folder/)
    const other = join(folder, 'other.log')
    writeFileSync(other, 'password=hunter2hunter2\n')
    const fault = await faultOf(reader(other))
    assert.match(fault, /no line of .*other\.log on h1 is an entry; of the first one .* Check `audit\.fields`/)
    assert.doesNotMatch(fault, /hunter2/)
    writeFileSync(other, gzipSync(line('packed')))
    assert.match(
      await faultOf(reader(other)),
      /of the first one it is no text in UTF-8: the file may be compressed Check/,
    )
    assert.match(await faultOf(reader(file, null)), /pgdeck has no access to the host h1 Set "ssh" or "local"/)
    const windows = { config: hostOf({ kind: 'ssh', destination: 'w' }, 'windows'), ssh: null }
    assert.match(await faultOf(reader(file, windows)), /host h1 has no POSIX shell.* Use `audit\.sql`/)
  })
})

test('the audit in a file, over ssh', { skip: withoutSshd }, async (context) => {
  const sshd = await startSshd(context)
  const { folder } = scratch(context)
  chmodSync(folder, 0o755)
  mkdirSync(join(folder, 'logs'), { mode: 0o755 })
  const file = join(folder, "logs/it's audit.log")
  writeFileSync(file, line('one') + line('two', 1), { mode: 0o644 })
  const ssh = openSshConnection({ destination: 'box', configFile: sshd.configFile })
  closedFirst(context, () => ssh.close())
  const read = reader(file, { config: hostOf({ kind: 'ssh', destination: 'box' }), ssh })
  const { whats, clockAheadMs } = await read()
  assert.deepEqual(whats, ['one', 'two'])
  assert.ok(clockAheadMs !== null && Math.abs(clockAheadMs) < 30_000)
  appendFileSync(file, line('three', 2))
  renameSync(file, `${file}.1`)
  writeFileSync(file, line('four', 3), { mode: 0o644 })
  assert.deepEqual((await read()).whats, ['three', 'four'])
  chmodSync(file, 0o600)
  appendFileSync(file, line('five', 4))
  assert.match(await faultOf(read), /audit\.log/)
})
