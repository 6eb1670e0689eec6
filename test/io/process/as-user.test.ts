// Files and programs of another user over ssh, through a real sudo: what works, what is refused and in which words.

import assert from 'node:assert/strict'
import { chmodSync, chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { missingAccess } from '../../../src/actions/hosts/missing-access.ts'
import { openHostConnection } from '../../../src/io/hosts/host-connection.ts'
import { HostFileError } from '../../../src/io/hosts/host-fault.ts'
import { bringsOwnRights } from '../../../src/io/process/as-user.ts'
import { serverUser } from '../../../src/io/process/process.ts'
import { openSshConnection } from '../../../src/io/ssh/ssh.ts'
import { FaultError } from '../../../src/model/values/fault.ts'
import { startSshd, withoutSshd } from '../../fakes/sshd.ts'
import { sudoAccount, withoutSudo } from '../../fakes/sudo-account.ts'
import { within } from '../../wait.ts'

const soon = () => within(20_000)
const skip = withoutSshd || withoutSudo
const owner = serverUser()

/** The host as an account with that sudoers rule reaches it, and a folder that only the owner of the servers may enter. */
async function hostOf(context: TestContext, rule: string | null, as: string | null = owner?.name ?? null) {
  const account = sudoAccount(context, rule)
  const sshd = await startSshd(context, { account })
  const data = mkdtempSync("/tmp/pgdeck data 'of'-")
  context.after(() => rmSync(data, { recursive: true, force: true }))
  writeFileSync(join(data, 'PG_VERSION'), '18\n', { mode: 0o600 })
  chmodSync(data, 0o700)
  for (const path of [data, join(data, 'PG_VERSION')]) chownSync(path, owner?.uid ?? 0, owner?.gid ?? 0)
  const user = as === null ? {} : { as }
  const ssh = openSshConnection({ destination: 'box', configFile: sshd.configFile, ...user })
  context.after(() => ssh.close())
  const spec = { id: 'h1', address: null, access: { kind: 'ssh', destination: 'box' }, ...user } as const
  const host = openHostConnection(spec, { ssh })
  return { account, data, host, spec, ssh }
}

async function faultOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    if (error instanceof FaultError) return `${error.fault.message} | ${error.fault.hint}`
    throw error
  }
  return assert.fail('it was not refused')
}

describe('the owner of the data', { skip }, () => {
  test('reads, writes and runs through sudo -n, with hostile arguments', async (context) => {
    const { account, data, host, ssh } = await hostOf(context, `(${owner?.name}) NOPASSWD: ALL`)
    assert.equal((await host.run(['id', '-un'], { signal: soon() })).stdout.trim(), owner?.name)
    assert.equal((await host.run(['id', '-un'], { signal: soon(), asAccount: true })).stdout.trim(), account.name)
    const words = ['-n', "it's", 'a b', 'line\nbreak', '$(id)', '"']
    const echo = ['sh', '-c', 'printf "<%s>" "$@"', 'sh', ...words]
    const { stdout } = await host.run(echo, { signal: soon(), input: 'unused' })
    assert.equal(stdout, words.map((word) => `<${word}>`).join(''))
    assert.equal((await host.readFile(join(data, 'PG_VERSION'), { signal: soon() }))?.text, '18\n')
    const path = join(data, '-standby.signal')
    await host.replaceFile(path, 'x\n', { signal: soon(), expected: null, backup: null })
    assert.equal(statSync(path).uid, owner?.uid)
    const parts: Uint8Array[] = []
    for await (const part of host.stream(path, { signal: soon() })) parts.push(part)
    assert.equal(Buffer.concat(parts).toString(), 'x\n')
    // Samples run in one shell that stays: one line in the log of sudo.
    for (let time = 0; time < 3; time++) {
      const sample = await ssh.run(`cat '${data.replaceAll("'", "'\\''")}/PG_VERSION'; id -un`, soon())
      assert.equal(sample.stdout, `18\n${owner?.name}\n`)
      assert.equal(sample.notAsUser, undefined)
    }
  })

  test('a sudo that came late once is asked again', async (context) => {
    const { host, ssh } = await hostOf(context, `(${owner?.name}) NOPASSWD: ALL`)
    await host.run(['true'], { signal: soon(), asAccount: true })
    await assert.rejects(ssh.run('sleep 600', within(10)), FaultError)
    const sample = await ssh.run('id -un', soon())
    assert.deepEqual([sample.stdout, sample.notAsUser], [`${owner?.name}\n`, undefined])
  })

  test('a program of the owner ends at the signal, with its children', async (context) => {
    const { host } = await hostOf(context, `(${owner?.name}) NOPASSWD: ALL`)
    const started = Promise.withResolvers<number>()
    const ended = new AbortController()
    const running = host.run(['sh', '-c', 'echo $$; sleep 600'], {
      signal: ended.signal,
      onOutput: (text) => started.resolve(Number(text)),
    })
    const pid = await started.promise
    ended.abort()
    await assert.rejects(running, FaultError)
    assert.equal((await host.run(['kill', '-0', String(pid)], { signal: soon() })).exitCode, 1)
  })
})

describe('without the right to become the owner', { skip }, () => {
  for (const [name, rule] of [
    ['no rule', null],
    ['a password', `(${owner?.name}) ALL`],
  ] as const) {
    test(`${name}: refused at once, by whom, and how to allow it`, async (context) => {
      const { host, ssh, spec, data, account } = await hostOf(context, rule)
      const refusal = await faultOf(host.run(['true'], { signal: soon() }))
      assert.match(refusal, new RegExp(`^h1 \\(box\\) may not act as ${owner?.name}: sudo: .*password`))
      assert.match(refusal, new RegExp(`\\(${owner?.name}\\) NOPASSWD`))
      const config = { ...spec, dataDirectory: data }
      const lacks = await missingAccess(config, host, soon())
      assert.match(lacks?.why ?? '', /may not act as/)
      // The figures of the host need no owner: they are still read.
      const sample = await ssh.run('id -un', soon())
      assert.equal(sample.stdout, `${account.name}\n`)
      assert.match(sample.notAsUser?.message ?? '', /may not act as/)
    })
  }

  test('without `as` the account, the folder and its owner are named', async (context) => {
    const { host, spec, data, account } = await hostOf(context, null, null)
    const byItself = { ...spec, dataDirectory: data }
    const lacks = await missingAccess(byItself, host, soon())
    assert.equal(lacks?.why, `${account.name} may not read ${data} on the host h1`)
    assert.equal(lacks?.hint, `Set "as" of the host h1 in the config: ${owner?.name}, and allow sudo -n for it there.`)
    const error = await host.readFile(join(data, 'PG_VERSION'), { signal: soon() }).catch((reason: unknown) => reason)
    assert.ok(error instanceof HostFileError)
    assert.match(error.fault.message, new RegExp(`user ${account.name}: `))
  })

  test('an unknown user is told', async (context) => {
    const { host } = await hostOf(context, '(ALL) NOPASSWD: ALL', 'nobody-of-that-name')
    assert.match(
      await faultOf(host.run(['true'], { signal: soon() })),
      /may not act as nobody-of-that-name: sudo: .*unknown user/,
    )
  })
})

test('programs with rights of their own are run by the account', () => {
  const own = [
    ['sudo', '-n', 'systemctl', 'start', 'x'],
    ['/usr/bin/systemctl', 'stop', 'x'],
    ['doas', 'x'],
  ]
  for (const argv of own) assert.equal(bringsOwnRights(argv), true)
  for (const argv of [['/usr/lib/postgresql/18/bin/pg_ctl', 'start'], ['pg_rewind'], []])
    assert.equal(bringsOwnRights(argv), false)
})
