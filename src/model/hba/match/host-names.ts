// What a line with a host name means for an address, by look-ups like those of the server: from the address to its name, and back.

import type { HostNames } from '../../measured/hba-reading.ts'
import { isSameIpAddress, parseIpAddress } from '../syntax/ip-address.ts'
import type { HbaConnection } from '../syntax/record.ts'

/**
 * The name that a client has for lines with host names. `configured` is the name that the config knows it by, used where nothing
 * was looked up. What the look-ups left open stays open: the server may have another hosts file, or another DNS.
 */
export function clientNaming(
  address: string | null,
  configured: string | null,
  looked: HostNames | null,
): Pick<HbaConnection, 'clientName' | 'mayBeNamed'> {
  if (looked === null || address === null) return { clientName: configured, mayBeNamed: () => true }
  const name = looked.names.get(address)
  if (typeof name === 'string') return { clientName: name }
  return { clientName: null, mayBeNamed: (pattern) => !isExcluded(pattern, address, looked) }
}

/** Whether the name's own addresses are known and this one is not among them: then no reverse look-up can confirm it. */
function isExcluded(pattern: string, address: string, { addresses }: HostNames): boolean {
  if (pattern.startsWith('.')) return false
  const [own, found] = [parseIpAddress(address), addresses.get(pattern.toLowerCase()) ?? null]
  if (found === null || own === null) return false
  return !found.some((text) => {
    const other = parseIpAddress(text)
    return other !== null && isSameIpAddress(other, own)
  })
}
