// A real sshd on loopback for tests, with keys of its own, as an account that can log in. It ends with the test.

import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { until } from '../../src/demo/until.ts'
import { freePort } from '../../src/io/ports.ts'
import { isAlive, serverOwner } from '../../src/io/process.ts'

const SSHD = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/bin/sshd'].find((path) => existsSync(path)) ?? null
const hasClient = spawnSync('ssh', ['-V']).error === undefined

/** Why the tests with a real sshd can't run here; false when they can. */
export const withoutSshd: string | false =
  SSHD === null ? 'sshd is not installed (package openssh-server)' : hasClient ? false : 'ssh is not installed'

export interface TestSshd {
  readonly folder: string
  readonly port: number
  readonly user: string
  /** Owner of the folder, as whom sessions run. */
  readonly owner: { readonly uid: number; readonly gid: number } | null
  /** For `ssh -F`: alias `box` leads here. Its lines can be replaced by `configure`. */
  readonly configFile: string
  readonly destination: 'box'
  configure(lines: Readonly<Record<string, string>>): void
  /** Ends the daemon and all its sessions. */
  stop(): Promise<void>
  start(): Promise<void>
  /** Ids of the processes of its sessions. */
  sessions(): readonly number[]
}

/** Starts one. `wrap` is run instead of the login shell's command, with the asked one in SSH_ORIGINAL_COMMAND. */
export async function startSshd(
  context: TestContext,
  options: { readonly wrap?: string; readonly settings?: readonly string[] } = {},
): Promise<TestSshd> {
  const owner = serverOwner()
  const folder = mkdtempSync('/tmp/pgdeck-sshd-')
  const port = await freePort()
  const user = owner?.name ?? userInfo().username
  const at = (name: string) => join(folder, name)
  for (const name of ['host', 'id', 'other']) {
    const made = spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', at(name)])
    if (made.status !== 0) throw new Error(`ssh-keygen failed: ${made.stderr}`)
  }
  const publicKey = (name: string) =>
    readFileSync(at(`${name}.pub`), 'utf8')
      .split(' ')
      .slice(0, 2)
      .join(' ')
  writeFileSync(at('authorized_keys'), `${publicKey('id')}\n`)
  writeFileSync(at('known_hosts'), `[127.0.0.1]:${port} ${publicKey('host')}\n`)
  writeFileSync(
    at('sshd_config'),
    [
      'ListenAddress 127.0.0.1',
      `Port ${port}`,
      `HostKey ${at('host')}`,
      `AuthorizedKeysFile ${at('authorized_keys')}`,
      'StrictModes no',
      'UsePAM no',
      'PidFile none',
      'PasswordAuthentication no',
      'MaxSessions 20',
      'MaxStartups 100',
      ...(options.wrap === undefined ? [] : [`ForceCommand ${options.wrap}`]),
      ...(options.settings ?? []),
      '',
    ].join('\n'),
  )
  const defaults = {
    HostName: '127.0.0.1',
    Port: String(port),
    User: user,
    IdentityFile: at('id'),
    IdentitiesOnly: 'yes',
    UserKnownHostsFile: at('known_hosts'),
    GlobalKnownHostsFile: '/dev/null',
    // What pgdeck must not follow.
    StrictHostKeyChecking: 'accept-new',
    RequestTTY: 'force',
    RemoteCommand: 'echo from the config',
  }
  const configure = (lines: Readonly<Record<string, string>>) => {
    const all = Object.entries({ ...defaults, ...lines }).map(([key, value]) => `  ${key} ${value}\n`)
    writeFileSync(at('config'), `Host box\n${all.join('')}`)
  }
  configure({})
  chmodSync(folder, 0o755)
  if (owner)
    for (const name of ['', 'host', 'authorized_keys', 'sshd_config']) chownSync(at(name), owner.uid, owner.gid)
  let daemon: number | null = null
  const sessions = () => (daemon === null ? [] : descendants(daemon))
  const stop = async () => {
    const all = [...sessions(), ...(daemon === null ? [] : [daemon])]
    daemon = null
    for (const pid of all) kill(pid)
    await until('sshd and its sessions are gone', 5000, () => !all.some(isAlive))
  }
  const start = async () => {
    const words = [SSHD ?? 'sshd', '-D', '-e', '-f', at('sshd_config')]
    // It dies with the test's process, however that ends.
    const [program = '', ...args] = existsSync('/usr/bin/setpriv')
      ? ['/usr/bin/setpriv', '--pdeathsig', 'KILL', ...words]
      : words
    const identity = owner ? { uid: owner.uid, gid: owner.gid } : {}
    const child = spawn(program, args, {
      ...identity,
      stdio: 'ignore',
      cwd: '/',
      env: { PATH: '/usr/bin:/bin', HOME: folder },
    })
    daemon = child.pid ?? null
    await until('sshd listens', 5000, () => answers(port))
  }
  context.after(async () => {
    await stop()
    rmSync(folder, { recursive: true, force: true })
  })
  await start()
  return { folder, port, user, owner, configFile: at('config'), destination: 'box', configure, stop, start, sessions }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}

/** Every process below one. */
export function descendants(pid: number): readonly number[] {
  const pairs = spawnSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' }).stdout.trim().split('\n')
  const parents = pairs.map((line) => line.trim().split(/\s+/).map(Number))
  const below = (one: number): number[] =>
    parents.flatMap(([child = 0, parent]) => (parent === one ? [child, ...below(child)] : []))
  return below(pid)
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('data', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
