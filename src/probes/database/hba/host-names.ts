// Looks up the host names in lines of pg_hba.conf, and the names of the addresses that may connect, as the server would.

import pLimit from 'p-limit'
import { lookUpHost, reverseHostName } from '../../../io/network/dns.ts'
import { parseIpAddress } from '../../../model/hba/syntax/ip-address.ts'
import type { HbaRules } from '../../../model/hba/syntax/record.ts'
import type { HostNames } from '../../../model/measured/hba-reading.ts'

/** All of it takes no longer; what is not there by then is not known. */
const LIMIT_MS = 2_000
const MOST_LOOKUPS = 64
/** The system's resolver can't be cancelled, and holds one of the few threads that file reads need too. */
const AT_ONCE = 2

/**
 * null where no line names a host. `candidates` are addresses and names of nodes and clients. Throws only the signal's reason.
 */
export async function lookUpHostNames(
  rules: HbaRules,
  candidates: readonly string[],
  signal: AbortSignal,
): Promise<HostNames | null> {
  const inLines = rules.records.flatMap(({ address }) => (address?.kind === 'name' ? [address.name.toLowerCase()] : []))
  if (inLines.length === 0) return null
  const within = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)])
  const limit = pLimit(AT_ONCE)
  const addresses = new Map<string, readonly string[] | null>()
  const names = new Map<string, string | null>()
  const isNumeric = (text: string) => parseIpAddress(text) !== null
  const forward = [...inLines.filter((name) => !name.startsWith('.')), ...candidates.filter((one) => !isNumeric(one))]
  await Promise.all(
    [...new Set(forward)].slice(0, MOST_LOOKUPS).map((name) =>
      limit(async () => {
        addresses.set(name, await addressesOf(name, within))
      }),
    ),
  )
  const addressTexts = [...addresses.values()].flatMap((some) => some ?? [])
  const asked = [...new Set([...candidates.filter(isNumeric), ...addressTexts])]
  await Promise.all(
    asked.slice(0, MOST_LOOKUPS).map((address) =>
      limit(async () => {
        const name = await nameOf(address, within)
        if (name !== undefined) names.set(address, name)
      }),
    ),
  )
  signal.throwIfAborted()
  return { addresses, names }
}

async function addressesOf(name: string, signal: AbortSignal): Promise<readonly string[] | null> {
  if (signal.aborted) return null
  try {
    return (await lookUpHost(name, signal)).map(({ address }) => address)
  } catch {
    return null
  }
}

/** undefined: not known. */
async function nameOf(address: string, signal: AbortSignal): Promise<string | null | undefined> {
  if (signal.aborted) return undefined
  try {
    return await reverseHostName(address, signal)
  } catch {
    return undefined
  }
}
