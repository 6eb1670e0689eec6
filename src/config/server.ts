// An application server of the config with the defaults of its product.

import { PLAIN_PROFILE, type ProfileId } from '../model/measured/spec.ts'
import { profileOf } from '../profiles/facts.ts'
import { auditSourceText, resolveAuditSources } from './audit.ts'
import type { ServerConfig, SessionsSource } from './config.ts'
import { resolveLocalCommand } from './paths.ts'
import type { RawCluster, RawServer } from './schema/file.ts'
import { resolveSearchPath } from './search-path.ts'

/** The server as the program uses it; `folder` is where relative commands are. */
export function resolveServer(
  raw: RawServer,
  cluster: Pick<RawCluster, 'profile' | 'databases' | 'hosts'>,
  folder: string,
): ServerConfig {
  const { profile, databases, hosts } = cluster
  const url = urlWithPort(raw.url, profile)
  const audit = resolveAuditSources(raw, cluster, folder)
  const sessions = sessionsSource(raw.sessions, databases.find(({ name }) => name === raw.database)?.searchPath, folder)
  const host = hosts.find(({ name }) => name === raw.host)
  const { start, stop } = serverCommands(raw, host, profile, folder)
  return {
    spec: {
      id: raw.name,
      type: raw.type,
      url: url.href,
      dnsName: raw.dnsName ?? hostname(url),
      port: portOf(url),
      databaseId: raw.database ?? null,
      hostId: raw.host ?? null,
      healthyStatus: raw.health.status,
      clientAddress: raw.clientAddress ?? null,
      applicationName: raw.applicationName ?? null,
      countsSessions: sessions !== null,
      ...(start === null ? {} : { canStart: true }),
      ...(stop === null ? {} : { canStop: true }),
      ...(audit.length > 0 ? { auditSources: audit.map(auditSourceText) } : {}),
    },
    healthPath: raw.health.path,
    sessions,
    ...(audit.length > 0 ? { audit } : {}),
    tls: { verify: raw.tls.pin === undefined, pin: fingerprint(raw.tls.pin) },
    start,
    stop,
  }
}

type Commands = Pick<ServerConfig, 'start' | 'stop'>

/** Its own commands; without any and with the profile of a product those of its host, which are the product's service. */
function serverCommands(
  raw: RawServer,
  host: RawCluster['hosts'][number] | undefined,
  profile: ProfileId,
  folder: string,
): Commands {
  const isOwn = raw.start !== undefined || raw.stop !== undefined
  const { start, stop } = isOwn || profile === PLAIN_PROFILE ? raw : (host ?? {})
  const resolved = (command: readonly string[] | undefined) =>
    command === undefined ? null : host?.local ? resolveLocalCommand(command, folder) : command
  return { start: resolved(start), stop: resolved(stop) }
}

/** The URL parser drops the scheme's own port, so that a port that is written must be looked for in the text. */
const NAMES_PORT = /^https?:\/\/[^/?#]*:\d+(?=[/?#]|$)/i

function urlWithPort(text: string, profile: ProfileId): URL {
  const url = new URL(text)
  const port = profileOf(profile).serverPort
  if (port !== null && !NAMES_PORT.test(text)) url.port = String(port)
  return url
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port)
  return url.protocol === 'https:' ? 443 : 80
}

/** IPv6 addresses are in brackets in a URL and nowhere else. */
function hostname(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}

function fingerprint(pin: string | undefined): string | null {
  return pin === undefined ? null : `sha256:${pin.slice('sha256:'.length).replaceAll(':', '').toLowerCase()}`
}

function sessionsSource(
  raw: RawServer['sessions'],
  usual: readonly string[] | undefined,
  folder: string,
): SessionsSource | null {
  if (raw?.sql !== undefined) {
    const searchPath = resolveSearchPath(raw.searchPath ?? usual)
    return { kind: 'sql', sql: raw.sql, parameters: raw.parameters ?? [], searchPath }
  }
  if (raw?.json !== undefined) return { kind: 'json', path: raw.json, pointer: raw.pointer ?? '' }
  return raw?.command ? { kind: 'command', command: resolveLocalCommand(raw.command, folder) } : null
}
