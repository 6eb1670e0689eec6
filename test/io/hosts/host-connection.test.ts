// Acting on a host, here and through a real sshd: the same answers, the same refusals, and nothing left behind.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { type HostConnection, openHostConnection } from '../../../src/io/hosts/host-connection.ts'
import { HostFileError, type HostFileProblem } from '../../../src/io/hosts/host-fault.ts'
import { sha256Of } from '../../../src/io/hosts/host-file.ts'
import { isProcessAlive, serverUser } from '../../../src/io/process/process.ts'
import { openSshConnection } from '../../../src/io/ssh/ssh.ts'
import type { HostSpec } from '../../../src/model/measured/spec.ts'
import { type Fault, FaultError } from '../../../src/model/values/fault.ts'
import { startSshd, withoutSshd } from '../../fakes/sshd.ts'
import { TYPESCRIPT } from '../../fakes/typescript.ts'
import { until, within } from '../../wait.ts'

const soon = () => within(20_000)

function hostSpec(access: HostSpec['access']): HostSpec {
  return { id: 'h1', address: null, access }
}

interface Place {
  readonly host: HostConnection
  /** A folder of the account that acts there. */
  readonly folder: string
  /** Ids of that account. */
  readonly uid: number
  readonly gid: number
}

type Open = (context: TestContext) => Promise<Place>

const WAYS: readonly [how: HostConnection['accessKind'], skip: string | false, open: Open][] = [
  ['local', process.platform === 'win32' && 'there is no POSIX shell', openLocal],
  ['ssh', withoutSshd, openBySsh],
]

async function openLocal(context: TestContext): Promise<Place> {
  const place = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  return { host: openHostConnection(hostSpec({ kind: 'local' })), folder: folderOf(context, place), ...place }
}

async function openBySsh(context: TestContext): Promise<Place> {
  const sshd = await startSshd(context)
  const ssh = openSshConnection({ destination: sshd.destination, configFile: sshd.configFile })
  context.after(() => ssh.close())
  const { uid, gid } = serverUser() ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  const host = openHostConnection(hostSpec({ kind: 'ssh', destination: 'box' }), { ssh })
  return { host, folder: folderOf(context, { uid, gid }), uid, gid }
}

function folderOf(context: TestContext, owner: { uid: number; gid: number }): string {
  const folder = mkdtempSync("/tmp/pgdeck it's-")
  chownSync(folder, owner.uid, owner.gid)
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function put({ folder, uid, gid }: Place, name: string, content: string | Uint8Array, mode = 0o640): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  chmodSync(path, mode)
  chownSync(path, uid, gid)
  return path
}

async function faultOf(asked: Promise<unknown>): Promise<Fault> {
  const error = await asked.then(
    () => assert.fail('it answered'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof FaultError, String(error))
  return error.fault
}

async function troubleOf(asked: Promise<unknown>): Promise<HostFileProblem> {
  const error = await asked.then(
    () => assert.fail('it answered'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof HostFileError, String(error))
  assert.match(error.fault.message, /^h1: /)
  assert.ok(error.fault.hint)
  return error.trouble
}

async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of stream) parts.push(part)
  return Buffer.concat(parts)
}

for (const [how, skip, open] of WAYS) {
  describe(`programs, ${how}`, { skip }, () => {
    test('get their arguments and input as they are, and answer with code, output and errors apart', async (context) => {
      const { host } = await open(context)
      const hard = ["it's", '', '$(id)', '-n', 'a\nb', '😀', '*']
      const words = await host.run(['printf', '[%s]', ...hard], { signal: soon() })
      assert.deepEqual(words, { exitCode: 0, stdout: hard.map((word) => `[${word}]`).join(''), stderr: '' })
      const input = randomBytes(300_000)
      const sum = await host.run(['sha256sum'], { signal: soon(), input })
      assert.equal(sum.stdout.slice(0, 64), sha256Of(input))
      const failed = await host.run(['sh', '-c', 'echo out; echo err >&2; exit 7'], { signal: soon() })
      assert.deepEqual(failed, { exitCode: 7, stdout: 'out\n', stderr: 'err\n' })
      assert.equal((await host.run(['cat'], { signal: soon() })).stdout, '')
      assert.equal((await host.run(['no-such-program', 'x'], { signal: soon() })).exitCode, 127)
      assert.equal((await host.run(['a=b'], { signal: soon() })).exitCode, 127)
    })

    test('tell what they write while they run, and what they leave running does not hold them', async (context) => {
      const place = await open(context)
      const go = join(place.folder, 'go')
      const heard: string[] = []
      const script = `printf 'first ü'; while [ ! -e "$1" ]; do sleep 0.05; done; sleep 30 & echo $!`
      const onOutput = (text: string) => {
        if (heard.length === 0) writeFileSync(go, '')
        heard.push(text)
      }
      const { stdout } = await place.host.run(['sh', '-c', script, 'sh', go], { signal: soon(), onOutput })
      assert.equal(heard.join(''), stdout)
      assert.match(stdout, /^first ü\d+\n$/)
      process.kill(Number(/\d+/.exec(stdout)?.[0]), 'SIGKILL')
    })

    test('end with all they started when the limit passes, and when they write too much', async (context) => {
      const { host } = await open(context)
      const pids: number[] = []
      const stop = new AbortController()
      const onOutput = (text: string) => {
        pids.push(...(text.match(/\d+/g) ?? []).map(Number))
        if (pids.length === 2) stop.abort(new DOMException('late', 'TimeoutError'))
      }
      const script = 'sh -c "echo \\$\\$; exec sleep 60" & echo $$; wait'
      const fault = await faultOf(host.run(['sh', '-c', script], { signal: stop.signal, onOutput }))
      assert.equal(fault.code, 'timeout')
      assert.match(fault.message, /h1: sh was ended after [\d.]+ s: it reached its time limit/)
      await until('its processes are gone', 5000, () => !pids.some(isProcessAlive))
      const wordy = await faultOf(host.run(['yes'], { signal: soon(), maxBytes: 100_000 }))
      assert.match(wordy.message, /yes wrote more than 98 kB and was ended/)
      assert.equal((await faultOf(host.run(['true'], { signal: AbortSignal.abort() }))).code, 'timeout')
    })
  })

  describe(`files, ${how}`, { skip }, () => {
    test('are read with their facts, byte for byte', async (context) => {
      const place = await open(context)
      const { host } = place
      const text = '# a comment\r\nü = 1\n\n  last line without an end'
      const path = put(place, "it's a file", text, 0o604)
      utimesSync(path, 1_700_000_000, 1_700_000_000)
      const { owner, group, ...file } = (await host.readFile(path, { signal: soon() })) ?? assert.fail('not there')
      const size = Buffer.byteLength(text)
      assert.deepEqual(file, { path, text, sha256: sha256Of(text), mode: 0o604, size, modifiedAt: 1_700_000_000_000 })
      assert.ok(owner !== '' && group !== '')
      assert.equal((await host.readFile(put(place, '-x', ''), { signal: soon() }))?.text, '')
      assert.equal((await host.readFile(put(place, 'bom', '\ufeffa'), { signal: soon() }))?.text, '\ufeffa')
      assert.equal(await host.readFile(join(place.folder, 'none'), { signal: soon() }), null)
      assert.equal(await host.readFile(join(path, 'below'), { signal: soon() }), null)
      const read = (name: string, maxBytes = 100) =>
        host.readFile(join(place.folder, name), { signal: soon(), maxBytes })
      assert.equal(await troubleOf(read('')), 'not-a-file')
      assert.equal(await troubleOf(read("it's a file", 5)), 'too-large')
      put(place, 'bytes', Buffer.from([0xff, 0xfe, 0]))
      assert.equal(await troubleOf(read('bytes')), 'not-text')
    })

    test('are streamed as bytes: all, the first, the last, and no more than is taken', async (context) => {
      const place = await open(context)
      const { host } = place
      const content = randomBytes(1_000_000)
      const path = put(place, 'big', content)
      assert.ok((await bytesOf(host.stream(path, { signal: soon() }))).equals(content))
      const first = await bytesOf(host.stream(path, { signal: soon(), maxBytes: 5000 }))
      assert.ok(first.equals(content.subarray(0, 5000)))
      const last = await bytesOf(host.stream(path, { signal: soon(), maxBytes: 5000, fromEnd: true }))
      assert.ok(last.equals(content.subarray(-5000)))
      for await (const part of host.stream(path, { signal: soon() })) {
        assert.ok(part.length > 0)
        break
      }
      const missing = bytesOf(host.stream(join(place.folder, 'none'), { signal: soon() }))
      assert.equal(await troubleOf(missing), 'not-there')
    })

    test('are listed with folders and links told apart', async (context) => {
      const place = await open(context)
      const { host, folder } = place
      put(place, '.hidden', 'ab')
      put(place, 'b file', 'abc')
      mkdirSync(join(folder, 'sub'))
      symlinkSync('sub', join(folder, 'to-sub'))
      symlinkSync('nowhere', join(folder, 'to-nothing'))
      const entries = (await host.list(folder, { signal: soon() })) ?? assert.fail('not there')
      const short = entries.map(({ name, isFolder, size }) => [name, isFolder, isFolder ? 0 : size])
      assert.deepEqual(short, [
        ['.hidden', false, 2],
        ['b file', false, 3],
        ['sub', true, 0],
        ['to-sub', true, 0],
      ])
      assert.ok(entries.every(({ modifiedAt }) => Math.abs(modifiedAt - Date.now()) < 60_000))
      assert.deepEqual(await host.list(join(folder, 'sub'), { signal: soon() }), [])
      assert.equal(await host.list(join(folder, 'none'), { signal: soon() }), null)
      assert.equal(await troubleOf(host.list(join(folder, 'b file'), { signal: soon() })), 'not-a-file')
      const many = join(folder, 'many')
      mkdirSync(many)
      for (let count = 0; count < 450; count++) writeFileSync(join(many, `f${count}`), '')
      assert.equal((await host.list(many, { signal: soon() }))?.length, 450)
    })

    test('are replaced with owner and mode kept, a copy beside them, through a link, and only when unchanged', async (context) => {
      const place = await open(context)
      const { host, folder, uid } = place
      const path = put(place, 'real.conf', 'old\n', 0o604)
      const link = join(folder, 'a link')
      symlinkSync('real.conf', link)
      const backup = join(folder, 'real.conf.before')
      const expected = sha256Of('old\n')
      const text = "new 'ü' \r\n$(id)\nno end"
      await host.replaceFile(link, text, { signal: soon(), expected, backup })
      assert.equal(readFileSync(path, 'utf8'), text)
      const { mode, uid: owner } = statSync(path)
      assert.deepEqual([mode & 0o7777, owner], [0o604, uid])
      assert.equal(readFileSync(backup, 'utf8'), 'old\n')
      assert.equal(statSync(backup).mode & 0o7777, 0o604)
      const again = host.replaceFile(path, 'newer', { signal: soon(), expected, backup: null })
      assert.equal(await troubleOf(again), 'changed')
      const next = { signal: soon(), expected: sha256Of(text), backup }
      assert.equal(await troubleOf(host.replaceFile(path, 'newer', next)), 'exists')
      assert.equal(readFileSync(path, 'utf8'), text)
      assert.deepEqual(readdirSync(folder).sort(), ['a link', 'real.conf', 'real.conf.before'])
    })

    test('are made only where nothing is, for the owner of the folder, and removed only when unchanged', async (context) => {
      const place = await open(context)
      const { host, folder, uid, gid } = place
      chmodSync(folder, 0o750)
      const path = join(folder, 'standby.signal')
      const fresh = { signal: soon(), expected: null, backup: null }
      await host.replaceFile(path, '', fresh)
      const facts = statSync(path)
      assert.deepEqual([facts.mode & 0o7777, facts.uid, facts.gid, facts.size], [0o640, uid, gid, 0])
      assert.equal(await troubleOf(host.replaceFile(path, 'x', fresh)), 'exists')
      assert.equal(await troubleOf(host.removeFile(path, fresh)), 'exists')
      const wrong = { signal: soon(), expected: sha256Of('other'), backup: null }
      assert.equal(await troubleOf(host.removeFile(path, wrong)), 'changed')
      const backup = join(folder, 'kept')
      await host.removeFile(path, { signal: soon(), expected: sha256Of(''), backup })
      assert.equal(existsSync(path), false)
      assert.equal(readFileSync(backup, 'utf8'), '')
      await host.removeFile(path, fresh)
      const gone = { signal: soon(), expected: sha256Of(''), backup: null }
      assert.equal(await troubleOf(host.removeFile(path, gone)), 'not-there')
      assert.equal(await troubleOf(host.replaceFile(join(folder, 'no/folder'), 'x', fresh)), 'not-written')
    })
  })
}

describe('a program on this machine', { skip: process.platform === 'win32' && 'there is no POSIX shell' }, () => {
  /** A pgdeck that runs it and is killed once it runs. Resolves to the program's id. */
  async function afterSigkill(context: TestContext, file: string, survivesLoss: boolean): Promise<number> {
    const access = new URL('../../../src/io/hosts/host-connection.ts', import.meta.url).href
    const script = `
      import { openHostConnection } from ${JSON.stringify(access)}
      const host = openHostConnection({ id: 'h1', address: null, access: { kind: 'local' } })
      const onOutput = (text) => process.stdout.write(text)
      const options = { signal: new AbortController().signal, onOutput, survivesLoss: ${survivesLoss} }
      await host.run(['sh', '-c', 'echo $$; sleep 1; echo more; echo more >&2; : >"$1"', 'sh', ${JSON.stringify(file)}], options)`
    const parent = spawn(process.execPath, ['--import', TYPESCRIPT, '--input-type=module', '-e', script])
    const [said] = await once(parent.stdout, 'data')
    const pid = Number(String(said))
    context.after(() => isProcessAlive(pid) && process.kill(pid, 'SIGKILL'))
    parent.kill('SIGKILL')
    await once(parent, 'exit')
    return pid
  }

  test('ends when pgdeck is killed, unless it must not be cut off half way', async (context) => {
    const { folder } = await openLocal(context)
    const ended = await afterSigkill(context, join(folder, 'cut off'), false)
    await until('the program has ended', 5000, () => !isProcessAlive(ended))
    await afterSigkill(context, join(folder, 'done'), true)
    await until('the program has done its work', 5000, () => existsSync(join(folder, 'done')))
    assert.deepEqual(readdirSync(folder), ['done'])
  })
})

describe('an account that may not', {
  skip: withoutSshd || (process.getuid?.() !== 0 && 'these tests do not run as root'),
}, () => {
  test('is told so for reading, listing and writing, and nothing is changed', async (context) => {
    const place = await openBySsh(context)
    const { host, folder } = place
    const secret = join(folder, 'secret')
    writeFileSync(secret, 'mine', { mode: 0o600 })
    const closed = join(folder, 'closed')
    mkdirSync(closed, { mode: 0o700 })
    writeFileSync(join(closed, 'inside'), '')
    assert.equal(await troubleOf(host.readFile(secret, { signal: soon() })), 'not-allowed')
    assert.equal(await troubleOf(host.readFile(join(closed, 'inside'), { signal: soon() })), 'not-allowed')
    assert.equal(await troubleOf(host.list(closed, { signal: soon() })), 'not-allowed')
    chmodSync(secret, 0o644)
    const change = { signal: soon(), expected: sha256Of('mine'), backup: null }
    // The folder is its own, so that it could put another file there, but not with the same owner.
    assert.equal(await troubleOf(host.replaceFile(secret, 'x', change)), 'owner')
    assert.equal(readFileSync(secret, 'utf8'), 'mine')
    assert.deepEqual(readdirSync(folder).sort(), ['closed', 'secret'])
  })
})

describe('a host by ssh', { skip: withoutSshd }, () => {
  test('shares the connection, ends a program with it, and says that its end is not known', async (context) => {
    const sshd = await startSshd(context)
    const ssh = openSshConnection({ destination: sshd.destination, configFile: sshd.configFile })
    context.after(() => ssh.close())
    const host = openHostConnection(hostSpec({ kind: 'ssh', destination: 'box' }), { ssh })
    const answer = await ssh.run('echo "$SSH_CONNECTION"', soon())
    const shared = await host.run(['sh', '-c', 'echo "$SSH_CONNECTION"'], { signal: soon() })
    assert.equal(shared.stdout, answer.stdout)
    let pid = 0
    const lost = faultOf(
      host.run(['sh', '-c', 'echo $$; exec sleep 60'], {
        signal: soon(),
        onOutput(text) {
          pid = Number(text)
          void ssh.close()
        },
      }),
    )
    const fault = await lost
    assert.equal(fault.code, 'unreachable')
    assert.match(fault.message, /h1: the connection was lost while sh ran; its result is unknown/)
    await until('the program has ended', 8000, () => !isProcessAlive(pid))
  })

  test('that can not be reached says why', async (context) => {
    const sshd = await startSshd(context)
    sshd.configure({ IdentityFile: join(sshd.folder, 'other') })
    const ssh = openSshConnection({ destination: sshd.destination, configFile: sshd.configFile })
    context.after(() => ssh.close())
    const host = openHostConnection(hostSpec({ kind: 'ssh', destination: 'box' }), { ssh })
    assert.equal((await faultOf(host.run(['true'], { signal: soon() }))).code, 'auth')
    assert.equal((await faultOf(host.readFile('/etc/passwd', { signal: soon() }))).code, 'auth')
  })

  test('of the config without a way is refused with what to write there', () => {
    assert.throws(() => openHostConnection(hostSpec({ kind: 'none' })), /pgdeck has no access to the host h1/)
  })
})
