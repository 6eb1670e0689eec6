// Tests the network path to a target from this host: its name, its port, other ports of its host, and ping if it is
// installed.

import { lookUpHost } from '../../io/network/dns.ts'
import { networkFault } from '../../io/network/network-fault.ts'
import { checkPort } from '../../io/network/port-check.ts'
import { runCommand } from '../../io/process/command.ts'
import type { NetworkPath, PortAttempt } from '../../model/diagnosis/network-path.ts'
import { formatEndpoint } from '../../model/values/address.ts'
import type { Fault } from '../../model/values/fault.ts'

export interface PathTarget {
  /** A name or an address, never the folder of a Unix socket. */
  readonly host: string
  readonly port: number
  /** Ports on which the same host may answer. */
  readonly otherPorts: readonly number[]
}

/** A port that refuses proves that the host is up, like an open one. So these ports need not be in use. */
const USUAL_PORTS = [22, 80]

/** Runs all tests at once, each within the signal's limit. Never throws. */
export async function probeNetworkPath(
  { host, port, otherPorts }: PathTarget,
  signal: AbortSignal,
): Promise<NetworkPath> {
  const at = Date.now()
  const resolution = await resolved(host, port, signal)
  if ('fault' in resolution) {
    return {
      host,
      port,
      addresses: null,
      nameFault: resolution.fault,
      attempt: null,
      others: [],
      answersPing: null,
      otherEvidence: null,
      at,
    }
  }
  const [first = host] = resolution.addresses
  const ports = [...new Set([...otherPorts, ...USUAL_PORTS])].filter((other) => other !== port)
  const [own, pings, ...others] = await Promise.all([
    tried(host, port, signal),
    ping(first, signal),
    ...ports.map((other) => tried(first, other, signal)),
  ])
  return {
    host,
    port,
    addresses: resolution.addresses,
    nameFault: null,
    attempt: own,
    others,
    answersPing: pings,
    otherEvidence: null,
    at: Date.now(),
  }
}

async function resolved(
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<{ readonly addresses: readonly string[] } | { readonly fault: Fault }> {
  try {
    const addresses = await lookUpHost(host, signal)
    return { addresses: addresses.map(({ address }) => address) }
  } catch (error) {
    if (!signal.aborted) return { fault: networkFault(error, formatEndpoint(host, port)) }
    const message = `${host}:${port} has a name that DNS did not resolve in time`
    return { fault: { code: 'dns', message, hint: 'Check /etc/resolv.conf and the DNS servers of this host.' } }
  }
}

async function tried(host: string, port: number, signal: AbortSignal): Promise<PortAttempt> {
  const fault = await checkPort(host, port, signal)
  return { host, port, fault, at: Date.now() }
}

/** null if ping is not installed or may not send. */
async function ping(address: string, signal: AbortSignal): Promise<boolean | null> {
  try {
    const { exitCode } = await runCommand(['ping', '-c', '1', '-W', '1', address], signal)
    return exitCode === 0 ? true : exitCode === 1 ? false : null
  } catch {
    return null
  }
}
