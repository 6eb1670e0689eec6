// A real sshd on loopback for tests, with keys of its own, as an account that can log in. It ends with the test.

import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { SystemUser } from '../../src/io/files/sync-files.ts'
import { freePort } from '../../src/io/network/free-port.ts'
import { isProcessAlive, serverUser } from '../../src/io/process/process.ts'
import { until } from '../wait.ts'
import type { Lifetime } from './lifetime.ts'

const SSHD = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/bin/sshd'].find((path) => existsSync(path)) ?? null
const hasClient = spawnSync('ssh', ['-V']).error === undefined

/** Why the tests with a real sshd can't run here; false when they can. */
export const withoutSshd: string | false =
  SSHD === null ? 'sshd is not installed (package openssh-server)' : hasClient ? false : 'ssh is not installed'

export interface TestSshd {
  readonly folder: string
  readonly port: number
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

interface Options {
  /** A program that is run instead of what is asked for, which it finds in SSH_ORIGINAL_COMMAND. */
  readonly wrap?: string
  /** The account that it lets in; needs root. Default: that of the servers of a test. */
  readonly account?: SystemUser
  /** Further lines of sshd_config. */
  readonly settings?: readonly string[]
}

/** Starts one; it ends with the test. */
export async function startSshd(context: Lifetime, options: Options = {}): Promise<TestSshd> {
  const owner = options.account ?? serverUser()
  const folder = mkdtempSync('/tmp/pgdeck-sshd-')
  const port = await freePort()
  const user = owner?.name ?? userInfo().username
  writeKeys(folder, port)
  writeDaemonConfig(folder, port, options)
  const configure = (lines: Readonly<Record<string, string>>) => writeClientConfig(folder, port, user, lines)
  configure({})
  chmodSync(folder, 0o755)
  if (owner) {
    for (const name of ['', 'host', 'authorized_keys', 'sshd_config'])
      chownSync(join(folder, name), owner.uid, owner.gid)
  }
  let daemon: number | null = null
  const sessions = () => (daemon === null ? [] : descendants(daemon))
  const stop = async () => {
    const all = [...sessions(), ...(daemon === null ? [] : [daemon])]
    daemon = null
    for (const pid of all) kill(pid)
    await until('sshd and its sessions are gone', 5000, () => !all.some(isProcessAlive))
  }
  const start = async () => {
    daemon = launch(folder, owner)
    await until('sshd listens', 5000, () => answers(port))
  }
  context.after(async () => {
    await stop()
    rmSync(folder, { recursive: true, force: true })
  })
  await start()
  return { folder, port, configFile: join(folder, 'config'), destination: 'box', configure, stop, start, sessions }
}

/** `host` is the daemon's key, `id` is let in, `other` is neither. */
function writeKeys(folder: string, port: number): void {
  for (const name of ['host', 'id', 'other']) {
    const file = join(folder, name)
    const made = spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', file])
    if (made.status !== 0) throw new Error(`ssh-keygen failed: ${made.stderr}`)
  }
  const publicKey = (name: string) =>
    readFileSync(join(folder, `${name}.pub`), 'utf8')
      .split(' ')
      .slice(0, 2)
      .join(' ')
  writeFileSync(join(folder, 'authorized_keys'), `${publicKey('id')}\n`)
  writeFileSync(join(folder, 'known_hosts'), `[127.0.0.1]:${port} ${publicKey('host')}\n`)
}

function writeDaemonConfig(folder: string, port: number, { wrap, settings = [] }: Options): void {
  const lines = [
    'ListenAddress 127.0.0.1',
    `Port ${port}`,
    `HostKey ${join(folder, 'host')}`,
    `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
    'StrictModes no',
    'UsePAM no',
    'PidFile none',
    'PasswordAuthentication no',
    'MaxSessions 20',
    'MaxStartups 100',
    ...(wrap === undefined ? [] : [`ForceCommand ${wrap}`]),
    ...settings,
  ]
  writeFileSync(join(folder, 'sshd_config'), `${lines.join('\n')}\n`)
}

function writeClientConfig(folder: string, port: number, user: string, more: Readonly<Record<string, string>>): void {
  const lines = {
    HostName: '127.0.0.1',
    Port: String(port),
    User: user,
    IdentityFile: join(folder, 'id'),
    IdentitiesOnly: 'yes',
    UserKnownHostsFile: join(folder, 'known_hosts'),
    GlobalKnownHostsFile: '/dev/null',
    // What pgdeck must not follow.
    StrictHostKeyChecking: 'accept-new',
    RequestTTY: 'force',
    RemoteCommand: 'echo from the config',
    ...more,
  }
  const text = Object.entries(lines).map(([key, value]) => `  ${key} ${value}\n`)
  writeFileSync(join(folder, 'config'), `Host box\n${text.join('')}`)
}

/** Starts the daemon so that it dies with the test's process, however that ends. Returns its pid. */
function launch(folder: string, owner: SystemUser | null): number | null {
  const words = [SSHD ?? 'sshd', '-D', '-e', '-f', join(folder, 'sshd_config')]
  const setpriv = '/usr/bin/setpriv'
  const [program = '', ...args] = existsSync(setpriv) ? [setpriv, '--pdeathsig', 'KILL', ...words] : words
  const identity = owner ? { uid: owner.uid, gid: owner.gid } : {}
  const env = { PATH: '/usr/bin:/bin', HOME: folder }
  return spawn(program, args, { ...identity, stdio: 'ignore', cwd: '/', env }).pid ?? null
}

/** For `wrap`: a script that prints something before it becomes what was asked for. Returns its path. */
export function loginScript(context: TestContext, print: string): string {
  const folder = mkdtempSync('/tmp/pgdeck-login-')
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  chmodSync(folder, 0o755)
  const file = join(folder, 'login')
  writeFileSync(file, `#!/bin/sh\n${print}\nexec $SSH_ORIGINAL_COMMAND\n`, { mode: 0o755 })
  return file
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
