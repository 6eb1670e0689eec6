// Resolves host names as the operating system does (hosts file, DNS), without piling up look-ups that hang.

import { lookup, lookupService } from 'node:dns/promises'
import { isIP } from 'node:net'
import { isSameIpAddress, parseIpAddress } from '../../model/hba/syntax/ip-address.ts'
import { abortable } from './wait-timeout.ts'

export interface ResolvedAddress {
  readonly address: string
  readonly family: 4 | 6
}

/**
 * Running look-ups by name. The system's resolver can't be cancelled, and each look-up occupies one of the few threads
 * that file reads need too. So a second request for the same name waits for the first answer.
 */
const underWay = new Map<string, Promise<readonly ResolvedAddress[]>>()

/**
 * Returns all addresses of a name in the system's order; an address returns itself. Throws Node's error, or the abort
 * reason.
 */
export async function lookUpHost(host: string, signal: AbortSignal): Promise<readonly ResolvedAddress[]> {
  const family = isIP(host)
  if (family === 4 || family === 6) return [{ address: host, family }]
  signal.throwIfAborted()
  let answer = underWay.get(host)
  if (!answer) {
    answer = ask(host).finally(() => underWay.delete(host))
    // The caller may be gone when it fails.
    answer.catch(() => {})
    underWay.set(host, answer)
  }
  return abortable(answer, signal)
}

async function ask(host: string): Promise<readonly ResolvedAddress[]> {
  const addresses = await lookup(host, { all: true, order: 'verbatim' })
  return addresses.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }))
}

/** Returns the address's name by reverse look-up, if one of that name's own addresses is this one; else null. */
export async function confirmedHostName(address: string, signal: AbortSignal): Promise<string | null> {
  try {
    return await reverseHostName(address, signal)
  } catch {
    return null
  }
}

/** The same; null only where there is no such name. Throws Node's error where a look-up failed, or the abort reason. */
export async function reverseHostName(address: string, signal: AbortSignal): Promise<string | null> {
  try {
    const { hostname } = await abortable(lookupService(address, 0), signal)
    const wanted = parseIpAddress(hostname) === null ? parseIpAddress(address) : null
    if (wanted === null) return null
    const addresses = await lookUpHost(hostname, signal)
    const values = addresses.map((one) => parseIpAddress(one.address))
    return values.some((one) => one && isSameIpAddress(one, wanted)) ? hostname : null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTFOUND') return null
    throw error
  }
}
