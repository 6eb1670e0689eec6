// Whether a line with a host name matches an address, by look-ups like the server's: from the address to its name, and
// back.

import type { HostNames } from '../../measured/hba-reading.ts'
import { isSameIpAddress, parseIpAddress } from '../syntax/ip-address.ts'
import type { HbaConnection } from '../syntax/record.ts'

/**
 * Returns the names of a client for lines with host names. `configured` is its name in the configuration, used without
 * look-ups. Unknown results of look-ups stay unknown: the server may have another hosts file or DNS.
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

/** Whether the addresses of the name are known without this one: then no reverse look-up can confirm it. */
function isExcluded(pattern: string, address: string, { addresses }: HostNames): boolean {
  if (pattern.startsWith('.')) return false
  const [own, found] = [parseIpAddress(address), addresses.get(pattern.toLowerCase()) ?? null]
  if (found === null || own === null) return false
  return !found.some((text) => {
    const other = parseIpAddress(text)
    return other !== null && isSameIpAddress(other, own)
  })
}
