// The arguments of the system's ssh: the user's own configuration decides where and how, these decide what must never happen.

/** Where to go. Everything else (user, port, keys, jumps, known hosts) comes from the user's ssh configuration. */
export interface SshTarget {
  /** As on ssh's command line: `user@host`, or an alias of ~/.ssh/config. */
  readonly destination: string
  /** Another file instead of ~/.ssh/config; `none` for no file at all. */
  readonly configFile?: string | undefined
}

/** Seconds for the connection itself; a longer way through several jumps is not cut off by the limit of one poll. */
export const SSH_CONNECT_SECONDS = 10

/** After so many unanswered signs of life ssh gives the connection up. */
const ALIVE_SECONDS = 3
const ALIVE_COUNT = 3

const NEVER: readonly string[] = [
  // No question can be answered while a full-screen program has the terminal.
  'BatchMode=yes',
  // An unknown or changed host key ends the attempt, whatever the user's file allows for other programs.
  'StrictHostKeyChecking=yes',
  'UpdateHostKeys=no',
  // What a configuration may add for interactive sessions.
  'RequestTTY=no',
  'RemoteCommand=none',
  'ClearAllForwardings=yes',
  'ForwardAgent=no',
  'ForwardX11=no',
  'Tunnel=no',
  'PermitLocalCommand=no',
  'ControlPersist=no',
  // `ask` would put its question on the terminal, `yes` would change the agent.
  'AddKeysToAgent=no',
]

const ALWAYS: readonly string[] = [
  `ConnectTimeout=${SSH_CONNECT_SECONDS}`,
  `ServerAliveInterval=${ALIVE_SECONDS}`,
  `ServerAliveCountMax=${ALIVE_COUNT}`,
  // A socket file that was left over must not stop a forwarding from being made again.
  'StreamLocalBindUnlink=yes',
  // The first level that tells the fingerprint of a host key that is not accepted.
  'LogLevel=DEBUG1',
]

/**
 * Opens the one connection of a host, with a shell on it; others share it through the socket. `setBack`: further options
 * that this ssh knows, see interactiveOptions.
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

/** Another shell over the connection that is open. It reads no configuration: the connection has been decided on. */
export function sharedArguments(target: SshTarget, socket: string): readonly string[] {
  const own = options([...NEVER, 'ControlMaster=no', 'ProxyCommand=false', 'LogLevel=ERROR'])
  return [...configFile('none'), ...own, ...path(socket), '-T', '--', target.destination, 'sh']
}

/** Asks the open connection for a forwarding of a local Unix socket, or to give it up. */
export function forwardArguments(
  target: SshTarget,
  socket: string,
  operation: 'forward' | 'cancel',
  route: string,
): readonly string[] {
  const own = options(['BatchMode=yes', 'LogLevel=ERROR'])
  return [...configFile('none'), ...own, ...path(socket), '-O', operation, '-L', route, '--', target.destination]
}

/** `LOCAL:REMOTE` for -L: a local socket file and a remote TCP port, or the remote server's own Unix socket. */
export function forwardSpec(localSocket: string, host: string, port: number): string {
  if (host.startsWith('/')) return `${localSocket}:${host.replace(/\/+$/, '')}/.s.PGSQL.${port}`
  return `${localSocket}:${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** False for what can't be said in ssh's `-L`: it knows no way to write colons and blanks in a name. */
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
  // ssh expands percent signs, and takes a blank for the end of the value.
  return ['-o', `ControlPath="${socket.replaceAll('%', '%%')}"`]
}
