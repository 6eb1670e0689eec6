// A trace of the demo without what is of this machine: its folders, ports, host and user, and the time of day.

import { hostname, userInfo } from 'node:os'
import { parseTrace, type Trace } from '../../src/state/trace/trace-format.ts'

/** When the night of the pictures begins. */
const BEGIN = Date.UTC(2026, 0, 14, 3, 12, 7)
const DAY_MS = 86_400_000
const DATABASE_PORT = 5432
const SERVER_PORT = 8443

/** Reads the text of a trace, with its times moved and its names replaced. */
export function neutralTrace(text: string): Trace {
  process.env.TZ = 'UTC'
  const { head } = parseTrace(text)
  const { now, clusters } = head.initial
  const moved = BEGIN - now
  const ports = new Map<string, string>()
  for (const { databases, servers } of clusters) {
    for (const [index, { port }] of databases.entries()) ports.set(String(port), String(DATABASE_PORT + index))
    for (const [index, { port }] of servers.entries()) ports.set(String(port), String(SERVER_PORT + index))
  }
  const { username } = userInfo()
  const neutral = text
    .replace(/\b1\d{12}\b/g, (digits) =>
      Math.abs(Number(digits) - now) < DAY_MS ? String(Number(digits) + moved) : digits,
    )
    .replace(/\b\d{8}T\d{6}Z/g, (stamp) => stampOf(timeOf(stamp) + moved))
    .replace(/\b(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)\b/g, (_, day: string, time: string) =>
      writtenTime(Date.parse(`${day}T${time}Z`) + moved),
    )
    .replace(/\b\d{5}\b/g, (digits) => ports.get(digits) ?? digits)
    .replace(/\/[\w./-]*\/pgdeck-[A-Za-z0-9]{6}\b/g, '/var/lib/postgresql')
    .replace(/\/[\w./@-]*\/bin(?=\/pg_ctl|\/postgres|\/pg_rewind|\/pg_basebackup|")/g, '/usr/lib/postgresql/18/bin')
    .replaceAll(`"${hostname()}"`, '"jump-1"')
    .replaceAll(`@${hostname()}`, '@jump-1')
    .replaceAll(`"${username}"`, '"ops"')
    .replaceAll(`${username}@`, 'ops@')
  const trace = parseTrace(neutral)
  const named = trace.head.initial.clusters.map((cluster) => ({
    ...cluster,
    servers: cluster.servers.map((server) => ({ ...server, dnsName: `${server.id.replace(/^\w+-/, '')}.example.net` })),
  }))
  return { ...trace, head: { ...trace.head, timeZone: 'UTC', initial: { ...trace.head.initial, clusters: named } } }
}

function writtenTime(time: number): string {
  return new Date(time).toISOString().slice(0, 19).replace('T', ' ')
}

function timeOf(stamp: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(stamp) ?? []
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
}

function stampOf(time: number): string {
  return `${new Date(time).toISOString().replace(/[-:]|\.\d+/g, '')}`
}
