// Whether a certificate is that of a host, compared as libpq compares: Node's own rules are others for `*.lan`, for names
// that end with a dot, and for several common names.

import { BlockList, isIP } from 'node:net'
import type { PeerCertificate } from 'node:tls'

interface Names {
  readonly dns: readonly string[]
  readonly addresses: readonly string[]
  readonly commonName: string | null
}

/**
 * Why the certificate is not that of the host; undefined: it is. The common name counts where no alternative name is of the
 * host's kind (an address, or a name of DNS).
 */
export function serverNameProblem(host: string, certificate: PeerCertificate): Error | undefined {
  const names = namesOf(certificate)
  const alternatives = isIP(host) === 0 ? names.dns : names.addresses
  const byName = alternatives.length === 0 && names.commonName !== null ? [...names.dns, names.commonName] : names.dns
  if (byName.some((name) => isNameOf(host, name))) return undefined
  if (names.addresses.some((address) => isSameAddress(host, address))) return undefined
  const listed = [...names.dns, ...names.addresses]
  const found = listed.length > 0 ? listed.join(', ') : (names.commonName ?? 'none')
  const reason = `${isIP(host) === 0 ? 'Host' : 'IP'}: ${host}. is not in the cert's altnames or common name: ${found}`
  return Object.assign(new Error(reason), { code: 'ERR_TLS_CERT_ALTNAME_INVALID', reason, host, cert: certificate })
}

/** `DNS:a, IP Address:::1`; what has a sign of the list in itself stands there in quotes, and is nobody's name. */
const ALTERNATIVE = /(?:^|, )([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)/g

function namesOf({ subject, subjectaltname = '' }: PeerCertificate): Names {
  const listed = [...subjectaltname.matchAll(ALTERNATIVE)]
  const of = (kind: string) => listed.flatMap(([, its, value]) => (its === kind && value ? [value] : []))
  const common: unknown = subject?.CN
  // The first one, as libpq.
  const [first] = Array.isArray(common) ? common : [common]
  return { dns: of('DNS'), addresses: of('IP Address'), commonName: typeof first === 'string' ? first : null }
}

/** `*.` at the begin stands for one label; a star elsewhere stands for itself. */
function isNameOf(host: string, name: string): boolean {
  const [asked, given] = [lowered(host), lowered(name)]
  if (asked === given) return true
  if (!given.startsWith('*.') || given.length > asked.length) return false
  const dot = asked.indexOf('.')
  return dot >= 0 && asked.slice(dot) === given.slice(1)
}

/** Letters of ASCII alone. */
function lowered(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

function isSameAddress(host: string, address: string): boolean {
  const family = isIP(host)
  if (family === 0 || isIP(address) !== family) return false
  const one = new BlockList()
  one.addAddress(address, family === 4 ? 'ipv4' : 'ipv6')
  return one.check(host, family === 4 ? 'ipv4' : 'ipv6')
}
