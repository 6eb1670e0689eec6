// The TCP sockets of a host in Linux's /proc/net/tcp, and the listening ports of the server behind a local connection.

import { readFile } from 'node:fs/promises'

/** A line of /proc/net/tcp: addresses as the kernel prints them, the state, and the owner of the socket. */
export interface SocketLine {
  /** The local address as the kernel prints it. */
  readonly address: string
  readonly port: number
  readonly remotePort: number
  readonly state: string
  readonly uid: string
}

const ESTABLISHED = '01'
/** The state of a listening socket. */
export const LISTENING = '0A'

/**
 * Returns the ports on which the owner of one end of a connection listens on this machine. If a standby connects to its
 * upstream from `clientPort`, its own port is among them. Empty if no such connection ends here, or if the system does
 * not report it.
 */
export async function listeningPortsBehind(clientPort: number, serverPort: number): Promise<readonly number[]> {
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')))
  return portsOfOwner(tables.flatMap(parseProcTcp), clientPort, serverPort)
}

function portsOfOwner(lines: readonly SocketLine[], clientPort: number, serverPort: number): readonly number[] {
  const call = lines.find(
    ({ state, port, remotePort }) => state === ESTABLISHED && port === clientPort && remotePort === serverPort,
  )
  if (!call) return []
  const theirs = lines.filter(({ state, uid }) => state === LISTENING && uid === call.uid)
  return [...new Set(theirs.map(({ port }) => port))]
}

/** Columns: number, local address:port, remote address:port, state, queues, timer, retransmits, uid. Ports are hexadecimal. */
export function parseProcTcp(table: string): readonly SocketLine[] {
  return table.split('\n').flatMap((line) => {
    const columns = line.trim().split(/\s+/)
    const [local, remote, state, uid] = [columns[1], columns[2], columns[3], columns[7]]
    if (!local?.includes(':') || !remote || !state || !uid) return []
    return [{ address: addressOf(local), port: portOf(local), remotePort: portOf(remote), state, uid }]
  })
}

function portOf(printed: string): number {
  return Number.parseInt(printed.slice(printed.lastIndexOf(':') + 1), 16)
}

function addressOf(printed: string): string {
  return printed.slice(0, printed.lastIndexOf(':'))
}
