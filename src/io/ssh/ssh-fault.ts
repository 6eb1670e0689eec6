// Maps ssh's messages to faults, with the destination and the next step.

import type { Fault } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'

/** How an ssh process ended. */
export interface SshExit {
  /** null if a signal ended it, or if it could not be started. */
  readonly exitCode: number | null
  /** Its recent stderr, including debug lines. */
  readonly said: string
  /** Output on stdout that belongs to no answer: usually a login message. */
  readonly noise: string
  /** The error code if it could not be started, e.g. ENOENT. */
  readonly startError: string | null
}

type Rule = readonly [pattern: RegExp, code: Fault['code'], hint: string]

/** The first match counts: causes come before their consequences. */
const RULES: readonly Rule[] = [
  [/Could not resolve hostname.*/i, 'dns', 'Check the spelling, HostName in ~/.ssh/config, /etc/hosts and DNS.'],
  [/connect to (?:host|address) .*Connection refused/i, 'refused', 'Check that sshd runs there, and the port.'],
  [
    /connect to (?:host|address) .*timed out/i,
    'timeout',
    'Check the network path and firewalls; the host may be down.',
  ],
  [
    /Connection (?:to \S+ )?timed out.*|Timeout, server .* not responding.*/i,
    'timeout',
    'The host or the path to it does not answer: check that it is up.',
  ],
  [
    /connect to (?:host|address) .*(?:No route|unreachable|Host is down|Permission denied|Can't assign).*/i,
    'unreachable',
    'Check routes, firewalls and the VPN.',
  ],
  [
    /Unable to negotiate with .*/i,
    'protocol',
    'The two sides share no algorithm: update the older one, or allow it in ~/.ssh/config.',
  ],
  [
    /Too many authentication failures.*/i,
    'auth',
    'The agent offers too many keys: name the right one with IdentityFile and IdentitiesOnly=yes in ~/.ssh/config.',
  ],
  [/Bad owner or permissions on .*/i, 'protocol', 'Make the file writable for its owner only (chmod 600).'],
  [
    /.*(?:Bad configuration option|terminating, \d+ bad configuration|Bad configuration|Can't open user config file).*/i,
    'protocol',
    'Correct the ssh configuration; `ssh -G` with the destination checks it.',
  ],
  [
    /(?:kex_exchange_identification|ssh_exchange_identification): .*/i,
    'unreachable',
    'The port answers but closes the connection: check sshd’s log there (MaxStartups, deny lists), and that it is the port of sshd.',
  ],
  [
    /.*administratively prohibited.*|stdio forwarding failed.*/i,
    'unreachable',
    'The jump host can’t or may not reach it: check AllowTcpForwarding and its network.',
  ],
  [
    /Connection (?:closed|reset) by .*|client_loop: .*|Connection to \S+ closed by remote host.*|.*Broken pipe/i,
    'unreachable',
    'The connection was lost; pgdeck connects again with the next poll.',
  ],
]

/** The fault for an ssh process that ended unexpectedly. */
export function sshFault(destination: string, end: SshExit): Fault {
  const where = clean(destination)
  if (end.startError !== null) return notStarted(end.startError)
  const said = end.said
  return (
    hostKeyFault(where, said) ??
    deniedFault(where, said) ??
    ruleFault(where, said) ??
    (end.exitCode === 255 ? plainFault(where, said) : shellFault(where, end))
  )
}

/** The fault of a forwarding, or of a connection through it; null if ssh reported nothing. */
export function forwardFault(destination: string, target: string, said: string): Fault | null {
  const reason =
    [...said.matchAll(/open failed: (.*)/g)].at(-1)?.[1] ??
    /(?:forwarding|mux_client).*(?:failed|refused).*/i.exec(said)?.[0]
  if (reason === undefined) return null
  const message = `${clean(destination)} can’t reach ${clean(target)}: ${line(reason)}`
  if (/refused/i.test(reason) && !/request|port forwarding/i.test(reason))
    return { code: 'refused', message, hint: 'Check that PostgreSQL runs there, its port and listen_addresses.' }
  if (/prohibited|port forwarding|request/i.test(reason))
    return {
      code: 'unreachable',
      message,
      hint: 'sshd there forbids it: AllowTcpForwarding, PermitOpen, or the options of the key.',
    }
  return { code: 'unreachable', message, hint: 'Check the name and the network as that host sees them.' }
}

/** The last lines of ssh's messages without debug lines, on one line. */
export function sshMessage(said: string): string {
  const lines = said
    .split(/\r?\n/)
    .filter((one) => one.trim() !== '' && !/^debug\d: |^Authenticated to |^Transferred: |^Bytes per second/.test(one))
  return line(lines.slice(-3).join('; '))
}

function line(text: string): string {
  return clean(text.trim()).slice(0, 300)
}

function hostKeyFault(where: string, said: string): Fault | null {
  const { kind, print: fingerprint } = hostKey(said)
  const [, changed] = /Host key for (\S+) has changed/.exec(said) ?? []
  if (changed !== undefined || said.includes('REMOTE HOST IDENTIFICATION HAS CHANGED')) {
    const name = clean(changed ?? where)
    const [, file, row] = /Offending \S+ key in (.+):(\d+)\s*$/m.exec(said) ?? []
    const kept = file === undefined ? '' : `, but ${clean(file)}:${row} has another one`
    return {
      code: 'auth',
      message: `The host key of ${name} has changed: it is ${fingerprint} now${kept}. Nothing was sent.`,
      hint: `Find out why, over another connection: the host was installed again, or an attacker is in between. Then  ssh-keygen -R '${name}'  and  ssh ${where}  to accept the new one.`,
    }
  }
  if (/REVOKED HOST KEY|Host key .* revoked/i.test(said)) {
    return {
      code: 'auth',
      message: `The host key of ${where} is revoked: ${fingerprint}. Nothing was sent.`,
      hint: 'Ask the administrator of the host: a revoked key means it must not be trusted.',
    }
  }
  const [, name] = /No \S+ host key is known for (\S+)/.exec(said) ?? []
  if (name === undefined && !said.includes('Host key verification failed')) return null
  return {
    code: 'auth',
    message: `The host key of ${clean(name ?? where)} is unknown here: ${fingerprint}. Nothing was sent.`,
    hint: `Compare it with the host’s own (there: ssh-keygen -lf /etc/ssh/ssh_host_${clean(kind) || 'ed25519'}_key.pub), then run  ssh ${where}  once and accept it.`,
  }
}

/** `ED25519 SHA256:…` of the last offered key: with jumps, the earlier ones were accepted. */
function hostKey(said: string): { readonly kind: string; readonly print: string } {
  const [, algorithm = '', print = 'with a fingerprint that was not told'] =
    [...said.matchAll(/Server host key: (\S+) (\S+)/g)].at(-1) ?? []
  const kind = ['ed25519', 'ecdsa', 'rsa'].find((one) => algorithm.includes(one)) ?? algorithm
  return { kind, print: clean(`${kind.toUpperCase()} ${print}`.trim()) }
}

function deniedFault(where: string, said: string): Fault | null {
  const [reason, methods] = /Permission denied \(([^)]*)\)/.exec(said) ?? []
  if (reason === undefined) return null
  const [open] = /Permissions \d+ for .* are too open/.exec(said) ?? []
  const hint =
    open === undefined
      ? `Let  ssh ${where}  work without a question: load the key into the agent (ssh-add), or put its .pub into ~/.ssh/authorized_keys there.`
      : `${clean(open)}: chmod 600 the key.`
  return { code: 'auth', message: `${where} accepts none of our keys (it accepts ${clean(methods ?? '')})`, hint }
}

function ruleFault(where: string, said: string): Fault | null {
  // Debug lines also report earlier attempts.
  const own = said
    .split(/\r?\n/)
    .filter((one) => !/^debug\d: /.test(one))
    .join('\n')
  for (const [pattern, code, hint] of RULES) {
    const match = pattern.exec(own)
    if (match) return { code, message: `ssh to ${where}: ${line(match[0])}`, hint }
  }
  return null
}

function plainFault(where: string, said: string): Fault {
  return {
    code: 'unreachable',
    message: `ssh to ${where} failed: ${sshMessage(said) || 'no reason given'}`,
    hint: `Try  ssh -v ${where}  by hand.`,
  }
}

/** The connection was open, and the remote shell ended. */
function shellFault(where: string, end: SshExit): Fault {
  const reason = sshMessage(end.said) || line(end.noise.slice(-300))
  const how = end.exitCode === null ? 'ended' : `ended with ${end.exitCode}`
  return {
    code: 'protocol',
    message: `${where} gives us no POSIX shell: sh ${how}${reason === '' ? '' : ` (${reason})`}`,
    hint: 'The account needs a login shell that can run `sh`, without a forced command.',
  }
}

function notStarted(code: string): Fault {
  const why = code === 'ENOENT' ? 'it is not installed, or not in PATH' : `error ${code}`
  return {
    code: 'protocol',
    message: `ssh could not be started: ${why}`,
    hint: 'Install the OpenSSH client (package openssh-client or openssh).',
  }
}
