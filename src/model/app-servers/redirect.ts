// Where an application server sends its visitors: to another server of ours, to itself, or somewhere else.

import type { ServerPulse } from '../measured/pulse.ts'
import type { ServerRecord } from '../measured/snapshot.ts'
import { isSameAddress } from '../values/address.ts'

interface Place {
  readonly host: string
  readonly port: number
}

const URL_HEAD = /^(https?):\/\/(?:[^/?#@]*@)?(\[[^\]]+\]|[^:/?#]+)(?::(\d{1,5}))?/i

function placeOf(url: string): Place | null {
  const head = URL_HEAD.exec(url)
  if (!head?.[1] || !head[2]) return null
  const port = head[3] ? Number(head[3]) : head[1].toLowerCase() === 'https' ? 443 : 80
  return { host: head[2], port }
}

/** The other server of ours that an answer sends its visitor to; null when it answers itself or points elsewhere. */
export function redirectTarget(
  server: ServerRecord,
  pulse: ServerPulse,
  servers: readonly ServerRecord[],
): ServerRecord | null {
  const place = pulse.location === null ? null : placeOf(pulse.location)
  if (!place || isAt(server, place)) return null
  return servers.find((other) => isAt(other, place)) ?? null
}

function isAt(server: ServerRecord, place: Place): boolean {
  const { url, dnsName, port } = server.spec
  const own = placeOf(url)
  if (place.port !== (own?.port ?? port)) return false
  return isSameAddress(place.host, own?.host ?? null) || isSameAddress(place.host, dnsName)
}
