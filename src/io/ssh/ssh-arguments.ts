// The arguments of the system's ssh. The user's own configuration decides where and how to connect; these decide what
// must never happen.

import { asUserCommand } from '../process/as-user.ts'

/** The destination. Everything else (user, port, keys, jumps, known hosts) comes from the user's ssh configuration. */
export interface SshTarget {
  /** As on ssh's command line: `user@host`, or an alias of ~/.ssh/config. */
  readonly destination: string
  /** Another file instead of ~/.ssh/config; `none` for no file. */
  readonly configFile?: string | undefined
}

/** Seconds for the connection itself. A connection through several jumps may take longer than the limit of one poll. */
export const SSH_CONNECT_SECONDS = 10

/** After this many unanswered keepalives ssh gives up. */
const ALIVE_SECONDS = 3
const ALIVE_COUNT = 3

const NEVER: readonly string[] = [
  // While a full-screen program has the terminal, the user can't answer questions of ssh.
  'BatchMode=yes',
  // An unknown or changed host key ends the attempt, whatever the user's file allows.
  'StrictHostKeyChecking=yes',
  'UpdateHostKeys=no',
  // Options that a configuration may have for interactive sessions.
  'RequestTTY=no',
  'RemoteCommand=none',
  'ClearAllForwardings=yes',
  'ForwardAgent=no',
  'ForwardX11=no',
  'Tunnel=no',
  'PermitLocalCommand=no',
  'ControlPersist=no',
  // `ask` would ask on the terminal, `yes` would change the agent.
  'AddKeysToAgent=no',
]

const ALWAYS: readonly string[] = [
  `ConnectTimeout=${SSH_CONNECT_SECONDS}`,
  `ServerAliveInterval=${ALIVE_SECONDS}`,
  `ServerAliveCountMax=${ALIVE_COUNT}`,
  // A leftover socket file must not prevent a new forwarding.
  'StreamLocalBindUnlink=yes',
  // The lowest level that prints the fingerprint of a rejected host key.
  'LogLevel=DEBUG1',
]

/**
 * Opens the one connection of a host with a shell; others share it through the socket. `setBack`: further options that
 * this ssh knows, see interactiveOptions.
 */
export function masterArguments(target: SshTarget, socket: string, setBack: readonly string[]): readonly string[] {
  return [
    ...configFile(target.configFile),
    ...options([...NEVER, ...setBack, ...ALWAYS, 'ControlMaster=yes']),
    ...path(socket),
    '-T',
    '--',
    target.destination,
    'sh',
  ]
}

/** Opens another shell over the existing connection, as another user if one is given. It reads no configuration. */
export function sharedArguments(target: SshTarget, socket: string, as?: string): readonly string[] {
  const own = options([...NEVER, 'ControlMaster=no', 'ProxyCommand=false', 'LogLevel=ERROR'])
  const command = as === undefined ? 'sh' : asUserCommand(as)
  return [...configFile('none'), ...own, ...path(socket), '-T', '--', target.destination, command]
}

/** Asks the connection to forward a local Unix socket, or to end that. */
export function forwardArguments(
  target: SshTarget,
  socket: string,
  operation: 'forward' | 'cancel',
  route: string,
): readonly string[] {
  const own = options(['BatchMode=yes', 'LogLevel=ERROR'])
  return [...configFile('none'), ...own, ...path(socket), '-O', operation, '-L', route, '--', target.destination]
}

/** `LOCAL:REMOTE` for -L: a local socket file, and a remote TCP port or Unix socket. */
export function forwardSpec(localSocket: string, host: string, port: number): string {
  if (host.startsWith('/')) return `${localSocket}:${host.replace(/\/+$/, '')}/.s.PGSQL.${port}`
  return `${localSocket}:${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** False for hosts that ssh's `-L` can't express: names with colons or blanks. */
export function isForwardable(host: string): boolean {
  return host.startsWith('/') ? /^[^\s:\\[\]]+$/.test(host) : /^[0-9A-Za-z_.:%-]+$/.test(host)
}

function configFile(file: string | undefined): readonly string[] {
  return file === undefined ? [] : ['-F', file]
}

function options(list: readonly string[]): readonly string[] {
  return list.flatMap((option) => ['-o', option])
}

function path(socket: string): readonly string[] {
  // ssh expands percent signs, and ends the value at a blank.
  return ['-o', `ControlPath="${socket.replaceAll('%', '%%')}"`]
}
