// The system's ssh against a real sshd on loopback: answers, faults, recovery, forwardings, and nothing left behind.

import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { freePort } from '../../../src/io/network/free-port.ts'
import { openDemoSession } from '../../../src/io/postgres/demo-session.ts'
import { isProcessAlive } from '../../../src/io/process/process.ts'
import { openSshConnection, type SshConnection } from '../../../src/io/ssh/ssh.ts'
import { type Fault, FaultError } from '../../../src/model/values/fault.ts'
import { descendants, loginScript, startSshd, type TestSshd, withoutSshd } from '../../fakes/sshd.ts'
import { TYPESCRIPT } from '../../fakes/typescript.ts'
import { serveTcp } from '../../fakes/web.ts'
import { withCluster } from '../../real/embedded.ts'
import { patiently, until, within } from '../../wait.ts'

const soon = () => within(15_000)

function linkTo(
  context: TestContext,
  sshd: TestSshd,
  more: { outputLimit?: number; program?: string } = {},
): SshConnection {
  const link = openSshConnection({ destination: sshd.destination, configFile: sshd.configFile, ...more })
  context.after(() => link.close())
  return link
}

async function faultOf(answer: Promise<unknown>): Promise<Fault> {
  const error = await answer.then(
    () => assert.fail('it should have failed'),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof FaultError)) throw error
  return error.fault
}

/** The ssh clients that this process has started. */
function clients(): readonly number[] {
  const names = spawnSync('ps', ['-e', '-o', 'pid=,comm='], { encoding: 'utf8' }).stdout.split('\n')
  const ssh = new Set(names.filter((line) => line.trim().endsWith(' ssh')).map((line) => Number.parseInt(line, 10)))
  return descendants(process.pid).filter((pid) => ssh.has(pid))
}

describe('a host over ssh', { skip: withoutSshd }, () => {
  test('answers scripts one after the other over one connection, with their exit codes', async (context) => {
    const sshd = await startSshd(context)
    const link = linkTo(context, sshd)
    const [first, second, third] = await Promise.all([
      link.run('echo "a  b"; echo oops >&2; exit 3', soon()),
      link.run('cat; printf "%s" $$', soon()),
      link.run('printf "%s" $$; kill -0 $$', soon()),
    ])
    assert.equal(first.stdout, 'a  b\n')
    assert.equal(first.exitCode, 3)
    assert.match(second.stdout, /^\d+$/)
    assert.equal(second.stdout, third.stdout)
    assert.equal(clients().length, 1)
  })

  for (const lines of [
    { StdinNull: 'yes' },
    { ForkAfterAuthentication: 'yes' },
    { SessionType: 'none' },
    { SessionType: 'subsystem' },
    { AddKeysToAgent: 'ask', EscapeChar: 'none', VisualHostKey: 'yes', ControlMaster: 'auto', ControlPersist: '1m' },
    { IgnoreUnknown: 'UseKeychain', UseKeychain: 'yes', StdinNull: 'yes' },
  ]) {
    test(`works where the configuration has ${Object.keys(lines).join(', ')} for people: ${Object.values(lines).join(', ')}`, async (context) => {
      const sshd = await startSshd(context)
      sshd.configure(lines)
      const answer = await linkTo(context, sshd).run('echo it', soon())
      assert.equal(answer.stdout, 'it\n')
    })
  }

  test('works with an ssh that does not know the newer options', async (context) => {
    const sshd = await startSshd(context)
    const program = join(sshd.folder, 'old-ssh')
    const refuses = 'case "$*" in *StdinNull*|*SessionType*) echo "Bad configuration option" >&2; exit 255;; esac'
    writeFileSync(program, `#!/bin/sh\n${refuses}\nexec ssh "$@"\n`, { mode: 0o755 })
    const answer = await linkTo(context, sshd, { program }).run('echo it', soon())
    assert.equal(answer.stdout, 'it\n')
  })

  test('takes well under 50 ms once it is connected', async (context) => {
    const link = linkTo(context, await startSshd(context))
    await link.run(':', soon())
    const took: number[] = []
    for (let round = 0; round < 20; round++) took.push((await link.run('cat /proc/loadavg', soon())).roundTripMs)
    assert.ok(Math.min(...took) < 50, `${took}`)
  })

  test('is not misled by what login scripts print, and tells when they print too much', async (context) => {
    const folder = loginScript(context, 'printf "Welcome\\nto <\\033[31mbox"; echo no newline >&2')
    const link = linkTo(context, await startSshd(context, { wrap: folder }), { outputLimit: 4096 })
    assert.equal((await link.run('echo it', soon())).stdout, 'it\n')
    const fault = await faultOf(link.run('while :; do echo 0123456789012345678901234567890123456789; done', soon()))
    assert.equal(fault.code, 'protocol')
    assert.match(fault.message, /more than 4 kB/)
    assert.equal((await link.run('echo again', soon())).stdout, 'again\n')
  })

  test('an account without a shell is told with the words it was turned away with', async (context) => {
    const link = linkTo(
      context,
      await startSshd(context, { wrap: loginScript(context, 'echo "This account is\\033[2J closed."; exit 1') }),
    )
    const fault = await faultOf(link.run('echo it', soon()))
    assert.equal(fault.code, 'protocol')
    assert.match(fault.message, /no POSIX shell.*This account is closed\./)
  })

  test('a script that hangs is given up within its limit, and the next one answers', async (context) => {
    const sshd = await startSshd(context)
    const link = linkTo(context, sshd)
    await link.run(':', soon())
    const fault = await faultOf(link.run('sleep 3', AbortSignal.timeout(200)))
    assert.equal(fault.code, 'timeout')
    assert.equal((await link.run('echo on', soon())).stdout, 'on\n')
  })

  test('a connection that is killed recovers with the next script', async (context) => {
    const sshd = await startSshd(context)
    const link = linkTo(context, sshd)
    await link.run(':', soon())
    const running = faultOf(link.run('echo begun; sleep 600', soon()))
    await until('the script runs', 5000, () => sshd.sessions().length >= 3)
    await sshd.stop()
    assert.equal((await running).code, 'unreachable')
    assert.equal((await faultOf(link.run(':', soon()))).code, 'refused')
    await sshd.start()
    assert.equal((await link.run('echo back', soon())).stdout, 'back\n')
  })

  test('leaves no process and no file, here or there', async (context) => {
    const sshd = await startSshd(context)
    const link = openSshConnection({ destination: sshd.destination, configFile: sshd.configFile })
    const forward = await link.openForward('127.0.0.1', 5432, soon())
    const folder = dirname(forward.folder)
    assert.equal(statSync(folder).mode & 0o777, 0o700)
    assert.equal(statSync(forward.folder).mode & 0o777, 0o700)
    assert.ok(existsSync(join(forward.folder, '.s.PGSQL.5432')))
    assert.equal((await link.run('echo "$HOME"', soon())).exitCode, 0)
    await link.close()
    assert.equal(existsSync(folder), false)
    assert.deepEqual(clients(), [])
    await until('its sessions have ended', 5000, () => sshd.sessions().length === 0)
  })
})

describe('whatever happens to us', { skip: withoutSshd }, () => {
  test('a host that accepts and says nothing holds nobody up, and no ssh stays behind', async (context) => {
    const port = await serveTcp(context, () => {})
    const sshd = await startSshd(context)
    sshd.configure({ Port: String(port) })
    const link = openSshConnection({ destination: sshd.destination, configFile: sshd.configFile })
    const fault = await faultOf(link.run(':', AbortSignal.timeout(200)))
    assert.equal(fault.code, 'timeout')
    assert.match(fault.message, /not connected yet/)
    await link.close()
    assert.deepEqual(clients(), [])
  })

  test('a killed process takes its ssh and what runs over there with it', async (context) => {
    const sshd = await startSshd(context)
    const code = `
      import { openSshConnection } from ${JSON.stringify(new URL('../../../src/io/ssh/ssh.ts', import.meta.url).href)}
      const link = openSshConnection(${JSON.stringify({ destination: 'box', configFile: sshd.configFile })})
      await link.openForward('127.0.0.1', 5432, AbortSignal.timeout(150000))
      console.log((await link.run('echo ready', AbortSignal.timeout(150000))).stdout)`
    const child = spawn(process.execPath, ['--import', TYPESCRIPT, '--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, XDG_RUNTIME_DIR: sshd.folder },
    })
    context.after(() => child.kill('SIGKILL'))
    const [line] = await once(child.stdout, 'data')
    assert.match(String(line), /ready/)
    const ours = clients()
    assert.equal(ours.length, 1)
    child.kill('SIGKILL')
    await until('ssh has ended', 5000, () => !ours.some(isProcessAlive))
    await until('its sessions have ended', 5000, () => sshd.sessions().length === 0)
  })
})

describe('a host key', { skip: withoutSshd }, () => {
  const fingerprint = (sshd: TestSshd) =>
    spawnSync('ssh-keygen', ['-lf', join(sshd.folder, 'host.pub')], { encoding: 'utf8' }).stdout.split(' ')[1] ?? '?'

  test('that is unknown is told with its fingerprint and never accepted, whatever the configuration allows', async (context) => {
    const sshd = await startSshd(context)
    const knownHosts = join(sshd.folder, 'known_hosts')
    writeFileSync(knownHosts, '')
    const fault = await faultOf(linkTo(context, sshd).run(':', soon()))
    assert.equal(fault.code, 'auth')
    assert.match(fault.message, /host key of \[127\.0\.0\.1\]:\d+ is unknown here: ED25519 /)
    assert.ok(fault.message.includes(fingerprint(sshd)), fault.message)
    assert.match(fault.hint ?? '', /ssh box/)
    assert.equal(readFileSync(knownHosts, 'utf8'), '')
  })

  test('that has changed is told with the new fingerprint and the line of the old one', async (context) => {
    const sshd = await startSshd(context)
    const knownHosts = join(sshd.folder, 'known_hosts')
    const other = readFileSync(join(sshd.folder, 'other.pub'), 'utf8').split(' ').slice(0, 2).join(' ')
    const text = `[127.0.0.1]:${sshd.port} ${other}\n`
    writeFileSync(knownHosts, text)
    const fault = await faultOf(linkTo(context, sshd).run(':', soon()))
    assert.equal(fault.code, 'auth')
    assert.match(fault.message, /has changed/)
    assert.ok(fault.message.includes(fingerprint(sshd)), fault.message)
    assert.ok(fault.message.includes(`${knownHosts}:1`), fault.message)
    assert.match(fault.hint ?? '', /ssh-keygen -R '\[127\.0\.0\.1\]:\d+'/)
    assert.equal(readFileSync(knownHosts, 'utf8'), text)
  })
})

describe('ssh that does not get through', { skip: withoutSshd }, () => {
  const cases: readonly [string, (sshd: TestSshd) => Promise<Record<string, string>>, Fault['code'], RegExp][] = [
    [
      'a key that is not let in',
      async (sshd) => ({ IdentityFile: join(sshd.folder, 'other') }),
      'auth',
      /box accepts none of our keys \(it accepts publickey/,
    ],
    ['a port where nothing listens', async () => ({ Port: String(await freePort()) }), 'refused', /Connection refused/],
    [
      'a name that does not resolve',
      async () => ({ HostName: 'nothing.invalid' }),
      'dns',
      /Could not resolve hostname nothing\.invalid/,
    ],
    [
      'a jump host that is not there',
      async () => ({ ProxyCommand: `ssh -F none -o BatchMode=yes -p ${await freePort()} -W [%h]:%p 127.0.0.1` }),
      'refused',
      /Connection refused/,
    ],
    [
      'a configuration with a mistake',
      async () => ({ Compresion: 'yes' }),
      'protocol',
      /Bad configuration option: compresion/i,
    ],
  ]
  for (const [name, lines, code, message] of cases) {
    test(name, async (context) => {
      const sshd = await startSshd(context)
      sshd.configure(await lines(sshd))
      const fault = await faultOf(linkTo(context, sshd).run(':', soon()))
      assert.equal(fault.code, code, fault.message)
      assert.match(fault.message, message)
      assert.ok(fault.hint)
    })
  }

  test('a program that is not installed', async (context) => {
    const link = linkTo(context, await startSshd(context), { program: '/nowhere/ssh' })
    const fault = await faultOf(link.run(':', soon()))
    assert.equal(fault.code, 'protocol')
    assert.match(fault.message, /ssh could not be started: it is not installed/)
  })
})

describe('a database through ssh', { skip: withoutSshd }, () => {
  const user = { user: 'postgres', database: 'postgres', applicationName: 'test', limitMs: patiently(5_000) }

  test('answers through a Unix socket, again after ssh was lost, and while a script hangs', async (context) => {
    const sshd = await startSshd(context)
    const link = linkTo(context, sshd)
    await withCluster({}, async ({ primary, password }) => {
      const forward = await link.openForward('127.0.0.1', primary.port, soon())
      const ask = async () => {
        await forward.ready(soon())
        const session = await openDemoSession({ ...user, password, host: forward.folder, port: forward.port })
        const [row] = await session.query<{ port: number }>('select inet_server_port() as port')
        return { session, port: row?.port }
      }
      const one = await ask()
      assert.equal(one.port, primary.port)
      await faultOf(link.run('sleep 2', AbortSignal.timeout(100)))
      assert.equal((await link.run('echo on', soon())).stdout, 'on\n')
      assert.equal((await one.session.query('select 1')).length, 1)
      await sshd.stop()
      await sshd.start()
      const two = await ask()
      assert.equal(two.port, primary.port)
      await Promise.all([one.session.close(), two.session.close()])
      await forward.close()
      assert.equal(existsSync(forward.folder), false)
    })
  })

  test('a server that is not there is told by who could not reach it', async (context) => {
    const link = linkTo(context, await startSshd(context))
    const port = await freePort()
    const forward = await link.openForward('127.0.0.1', port, soon())
    await assert.rejects(openDemoSession({ ...user, host: forward.folder, port }))
    await until('ssh has told why', 5000, () => forward.problem() !== null)
    const fault = forward.problem()
    assert.equal(fault?.code, 'refused')
    assert.match(fault?.message ?? '', new RegExp(`box can’t reach 127\\.0\\.0\\.1:${port}`))
  })

  test('forwarding that sshd forbids is told as such', async (context) => {
    const link = linkTo(context, await startSshd(context, { settings: ['AllowTcpForwarding no'] }))
    const forward = await link.openForward('127.0.0.1', 5432, soon())
    await assert.rejects(openDemoSession({ ...user, host: forward.folder, port: 5432 }))
    await until('ssh has told why', 5000, () => forward.problem() !== null)
    assert.match(forward.problem()?.hint ?? '', /AllowTcpForwarding/)
  })

  test('a host that ssh could take for something else is refused', async (context) => {
    const link = linkTo(context, await startSshd(context))
    for (const host of ['a b', '/run/x:y', 'a;b', '$(id)'])
      assert.equal((await faultOf(link.openForward(host, 5432, soon()))).code, 'protocol')
  })
})
