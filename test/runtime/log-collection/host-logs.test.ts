// Logs of a folder whose owner means harm to whoever collects them, on this host and over a real sshd.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  lchownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { type HostConnection, openHostConnection } from '../../../src/io/hosts/host-connection.ts'
import { serverUser } from '../../../src/io/process/process.ts'
import { openSshConnection } from '../../../src/io/ssh/ssh.ts'
import { listHostLogs } from '../../../src/runtime/log-collection/host-logs.ts'
import { type LogFile, redactedContent } from '../../../src/runtime/log-collection/log-file.ts'
import { startSshd, withoutSshd } from '../../fakes/sshd.ts'
import { within } from '../../wait.ts'

const IS_ROOT = process.getuid?.() === 0
/** Whose the log folder is. */
const APP = 65_534
const SECRET = 'only for whoever collects'

interface Place {
  readonly reach: HostConnection
  /** Who collects. */
  readonly uid: number
  /** Folder of the test, of somebody who does not matter; `logs` in it is the application's. */
  readonly folder: string
  readonly logs: string
}

const WAYS = [
  ['on this host', !IS_ROOT && 'needs root', local],
  ['over ssh', (!IS_ROOT && 'needs root') || withoutSshd, bySsh],
] as const

function place(context: TestContext, reach: HostConnection, uid: number): Place {
  const folder = mkdtempSync('/tmp/pgdeck-logs-')
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  chmodSync(folder, 0o755)
  const logs = join(folder, 'logs')
  mkdirSync(logs, { mode: 0o755 })
  chownSync(logs, APP, APP)
  return { reach, uid, folder, logs }
}

async function local(context: TestContext): Promise<Place> {
  const reach = openHostConnection({ id: 'h1', address: null, access: { kind: 'local' } })
  return place(context, reach, 0)
}

async function bySsh(context: TestContext): Promise<Place> {
  const sshd = await startSshd(context)
  const ssh = openSshConnection({ destination: sshd.destination, configFile: sshd.configFile })
  context.after(() => ssh.close())
  const reach = openHostConnection({ id: 'h1', address: null, access: { kind: 'ssh', destination: 'box' } }, { ssh })
  return place(context, reach, serverUser()?.uid ?? 0)
}

function put(path: string, uid: number, text: string, mode = 0o644): string {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  chmodSync(path, mode)
  chownSync(path, uid, uid)
  return path
}

function link(to: string, path: string, uid = APP): string {
  symlinkSync(to, path)
  lchownSync(path, uid, uid)
  return path
}

async function read(file: LogFile, signal: AbortSignal): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const part of redactedContent(file, 1_000_000, signal)) parts.push(part)
  return Buffer.concat(parts).toString()
}

for (const [how, skip, open] of WAYS) {
  describe(`a log folder of somebody else, ${how}`, { skip }, () => {
    test('gives its own files, and nothing that a link, a second name or a move has brought there', async (context) => {
      const { reach, uid, folder, logs } = await open(context)
      const signal = within(5_000)
      put(join(logs, 'a.log'), APP, 'a\n')
      put(join(logs, 'deep', 'er', 'b.log'), APP, 'b\n')
      for (const each of ['deep', 'deep/er']) chownSync(join(logs, each), APP, APP)
      put(join(logs, '.pgdeck-0123456789ab.part'), APP, 'unfinished')
      const secret = put(join(folder, 'private', 'secret'), uid, SECRET, 0o600)
      link(secret, join(logs, 'y.log'))
      link('../private/secret', join(logs, 'relative.log'))
      link(dirname(secret), join(logs, 'folder'))
      link('a.log', join(logs, 'current.log'))
      link('nowhere', join(logs, 'dangling.log'))
      linkSync(secret, join(logs, 'hard.log'))
      renameSync(put(join(folder, 'moved'), uid, SECRET, 0o600), join(logs, 'moved.log'))
      put(join(folder, 'theirs', 'secret.log'), uid, SECRET, 0o600)
      chownSync(join(folder, 'theirs'), uid, uid)
      renameSync(join(folder, 'theirs'), join(logs, 'theirs'))
      execFileSync('mkfifo', [join(logs, 'fifo')])
      const { files, left } = await listHostLogs(reach, logs, signal)
      assert.deepEqual(
        files.map(({ path }) => path.slice(logs.length + 1)),
        ['a.log', 'deep/er/b.log'],
      )
      for (const file of files) assert.equal(await read(file, signal), `${file.path.slice(-5, -4)}\n`)
      assert.deepEqual(left.map(({ what }) => what.slice(logs.length + 1)).sort(), [
        'current.log',
        'dangling.log',
        'folder',
        'hard.log',
        'moved.log',
        'relative.log',
        'theirs',
        'y.log',
      ])
      for (const { why } of left) assert.match(why, /link|it may have been put there/)
    })

    test('is not read through what was put in its place after it was looked at', async (context) => {
      const { reach, uid, folder, logs } = await open(context)
      const signal = within(5_000)
      const secret = put(join(folder, 'private', 'secret'), uid, SECRET, 0o600)
      const log = put(join(logs, 'a.log'), APP, 'a\n')
      for (const swap of [() => link(secret, log), () => linkSync(secret, log), () => put(log, APP, 'another\n')]) {
        rmSync(log)
        put(log, APP, 'a\n')
        const { files } = await listHostLogs(reach, logs, signal)
        const [file] = files
        assert.ok(file)
        // The old one stays somewhere, or the new one might get its number.
        renameSync(log, join(folder, `old-${Math.random()}`))
        swap()
        await assert.rejects(read(file, signal), /has changed since pgdeck read it/)
      }
    })

    test('is not left through a folder that becomes a link while it is looked through', async (context) => {
      const { reach, uid, folder, logs } = await open(context)
      put(join(folder, 'private', 'secret.log'), uid, SECRET, 0o600)
      put(join(logs, 'deep', 'b.log'), APP, 'b\n')
      chownSync(join(logs, 'deep'), APP, APP)
      let looks = 0
      const swapping: HostConnection = {
        ...reach,
        async inspect(path, options) {
          looks += 1
          // The place, the folder itself, then what is in it.
          if (looks === 3) {
            renameSync(join(logs, 'deep'), join(folder, 'away'))
            link(join(folder, 'private'), join(logs, 'deep'))
          }
          return reach.inspect(path, options)
        },
      }
      const found = await listHostLogs(swapping, logs, within(5_000)).then(
        ({ files, left }) => [files, left.map(({ why }) => why)],
        (error: unknown) => [[], [String(error)]],
      )
      assert.equal(looks, 3)
      assert.deepEqual(found[0], [])
      assert.match(String(found[1]), /put in the place of another|is not followed/)
    })

    test('that is a link is read where the link’s maker owns what it leads to, or root or the collector made it', async (context) => {
      const { reach, uid, folder } = await open(context)
      const signal = within(5_000)
      put(join(folder, 'private', 'secret.log'), uid, SECRET, 0o600)
      chownSync(join(folder, 'private'), uid, uid)
      put(join(folder, 'spool', 'a.log'), APP, 'a\n')
      chownSync(join(folder, 'spool'), APP, APP)
      const [bad, good, ours] = [
        link(join(folder, 'private'), join(folder, 'bad')),
        link('spool', join(folder, 'good')),
        link(join(folder, 'private'), join(folder, 'ours'), uid),
      ]
      await assert.rejects(listHostLogs(reach, bad, signal), /is not read .*a link of user 65534 leads there/)
      const twice = link(bad, join(folder, 'twice'), 0)
      await assert.rejects(listHostLogs(reach, twice, signal), /is not read/)
      assert.equal((await listHostLogs(reach, good, signal)).files.length, 1)
      assert.equal((await listHostLogs(reach, ours, signal)).files.length, 1)
    })

    test('a file that is named by a link is read only where the link is one’s own', async (context) => {
      const { reach, uid, folder, logs } = await open(context)
      const signal = within(5_000)
      put(join(logs, 'a.log'), APP, 'a\n')
      put(join(logs, 'a.log.1'), APP, 'rotated\n')
      const secret = put(join(folder, 'private', 'secret.log'), uid, SECRET, 0o600)
      const own = link(join(logs, 'a.log'), join(folder, 'own.log'), uid)
      const { files } = await listHostLogs(reach, own, signal)
      assert.deepEqual(
        files.map(({ path }) => path),
        [join(logs, 'a.log'), join(logs, 'a.log.1')],
      )
      const theirs = link(secret, join(logs, 'current'))
      const refused = await listHostLogs(reach, theirs, signal)
      assert.deepEqual(refused.files, [])
      assert.deepEqual(refused.left, [{ what: theirs, why: 'it is a symbolic link; pgdeck follows none' }])
    })
  })
}
