// Reads things on a configured host, here or over ssh: the listener of a port, whether it reaches another port.

import { LISTENING, parseProcTcp } from '../../io/hosts/proc-sockets.ts'
import { runCommand } from '../../io/process/command.ts'
import { type Fault, FaultError } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import { scriptWord } from '../host/host-script.ts'
import type { AccessibleHost } from '../probe.ts'

/** As much as a remote shell may print. */
const OUTPUT_BYTES = 1024 * 1024

/** Runs a POSIX sh script on the host. Returns its output, whatever its exit code. Throws FaultError. */
export async function runOnHost({ config, ssh }: AccessibleHost, script: string, signal: AbortSignal): Promise<string> {
  if (config.platform === 'windows') throw new FaultError(noShell(config.id))
  if (ssh) return (await ssh.run(script, signal)).stdout
  return (await runCommand(['/bin/sh', '-c', script], signal, undefined, OUTPUT_BYTES)).stdout
}

function noShell(id: string): Fault {
  return { code: 'protocol', message: `host ${clean(id)} has no POSIX shell`, hint: null }
}

// Only listening sockets: the whole table of a busy host would be too long. Its head line shows that the table exists.
const SOCKETS = "grep -hE 'local_address| 0A ' /proc/net/tcp /proc/net/tcp6 2>/dev/null"

/**
 * Returns the addresses on which a process listens at this TCP port, from /proc/net/tcp; null if the host has no such
 * file. Throws FaultError.
 */
export async function listeningOnHost(
  access: AccessibleHost,
  port: number,
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  const table = await runOnHost(access, SOCKETS, signal)
  if (!table.includes('local_address')) return null
  const found = parseProcTcp(table).filter((socket) => socket.state === LISTENING && socket.port === port)
  return [...new Set(found.map(({ address }) => addressOf(address)))]
}

/** /proc prints the bytes of IPv4 in reverse. Of IPv6 only the usual addresses are converted. */
function addressOf(printed: string): string {
  if (printed.length === 8) {
    const bytes = [6, 4, 2, 0].map((start) => Number.parseInt(printed.slice(start, start + 2), 16))
    return bytes.join('.') === '0.0.0.0' ? '*' : bytes.join('.')
  }
  if (/^0+$/.test(printed)) return '*'
  return printed === '00000000000000000000000001000000' ? '[::1]' : 'an IPv6 address'
}

// bash opens the connection itself; nc serves where bash is missing. Exit codes: 0 open, 124 no answer in time, 9 no
// tool. Their words tell what was in the way: in English.
const KNOCK = `LC_ALL=C; export LC_ALL
if command -v bash >/dev/null && command -v timeout >/dev/null; then
r=$(timeout 2 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$h" "$p" 2>&1); c=$?
elif command -v nc >/dev/null; then r=$(nc -z -w 2 "$h" "$p" 2>&1); c=$?
else r=; c=9; fi
printf '%s\\n%s\\n' "$c" "$r"`

/**
 * Opens a TCP connection from that host to a port. Returns null if the port accepted it. Throws FaultError if the host
 * can't be asked.
 */
export async function checkPortFromHost(
  access: AccessibleHost,
  target: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<Fault | null> {
  const script = `h=${scriptWord(target.host)}; p=${scriptWord(String(target.port))}\n${KNOCK}`
  const [code = '', ...said] = (await runOnHost(access, script, signal)).split('\n')
  const where = clean(`${target.host}:${target.port} from host ${access.config.id}`)
  const words = said.join(' ')
  if (code === '0') return null
  if (code === '124') return { code: 'timeout', message: `${where}: no packet comes back`, hint: null }
  if (/refused/i.test(words)) return { code: 'refused', message: `${where}: connection refused`, hint: null }
  if (/resolve|Name or service|not known/i.test(words))
    return { code: 'dns', message: `${where}: the name does not resolve there`, hint: null }
  if (/unreachable|No route/i.test(words)) return { code: 'unreachable', message: `${where}: no route`, hint: null }
  if (code === '9')
    return { code: 'protocol', message: `${where}: that host has neither bash nor nc to try with`, hint: null }
  return { code: 'timeout', message: `${where}: no connection (exit code ${clean(code)})`, hint: null }
}
