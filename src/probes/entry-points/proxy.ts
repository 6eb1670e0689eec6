// Reads the statistics of an HAProxy: the servers of one backend.

import type {
  ProxiedServer,
  ProxiedState,
  ProxyReading,
} from '../../model/measured/entry-points/entry-point-reading.ts'
import { FaultError } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import type { Probe } from '../probe.ts'

const MOST_SERVERS = 200

export const proxyProbe: Probe<'proxy', ProxyReading> = {
  id: 'proxy',
  scope: 'proxy',
  title: 'Servers of HAProxy',
  source: 'GET stats;csv, or "show stat" and "show servers state" on its socket',
  runs: 'always',
  every: 'interval',
  needs: [],
  async read({ stats, backend }, signal) {
    const answer = await stats.read(signal)
    const rows = csvRows(answer.stats).filter((row) => row.get('pxname') === backend)
    if (rows.length === 0) throw new FaultError(noBackend(backend))
    const addresses = serverAddresses(answer.servers ?? '')
    const own = rows.filter((row) => row.get('type') === SERVER).slice(0, MOST_SERVERS)
    const whole = rows.find((row) => row.get('svname') === 'BACKEND')
    return {
      kind: 'proxy',
      queued: Number(whole?.get('qcur') ?? 0) || 0,
      servers: own.map((row) => proxiedServer(row, addresses)),
    }
  },
}

/** The column `type`: 0 is a frontend, 1 a backend, 2 a server, 3 a listener. */
const SERVER = '2'

type Row = ReadonlyMap<string, string>

/** The rows by the names in the first line. HAProxy quotes texts with commas or line breaks, and doubles quotation marks in them. */
function csvRows(text: string): readonly Row[] {
  const [names = [], ...rows] = csvRecords(text.replace(/^# /, ''))
  return rows.map((fields) => new Map(fields.map((value, index) => [names[index] ?? '', value])))
}

/** The fields of each line; a line break within quotation marks ends none. Empty lines are left out. */
function csvRecords(text: string): readonly (readonly string[])[] {
  const records: string[][] = [[]]
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\n]*?))(,|\r?\n|$)/g)) {
    records.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain)
    if (end?.endsWith('\n')) records.push([])
  }
  return records.filter((fields) => fields.some((field) => field !== ''))
}

/** By the name of the server. Names hold no blanks there. */
function serverAddresses(text: string): ReadonlyMap<string, ProxiedServer['address']> {
  const lines = text.split('\n')
  const names = (lines.find((line) => line.startsWith('# ')) ?? '').slice(2).split(' ')
  const at = (fields: readonly string[], name: string) => fields[names.indexOf(name)] ?? ''
  return new Map(
    lines
      .filter((line) => /^\d+ /.test(line))
      .map((line) => {
        const fields = line.split(' ')
        return [at(fields, 'srv_name'), addressOf(at(fields, 'srv_addr'), at(fields, 'srv_port'))] as const
      }),
  )
}

/** `-` and 0 stand for none. */
function addressOf(host: string, port: string): ProxiedServer['address'] {
  return host === '' || host === '-' || !/^[1-9]\d*$/.test(port) ? null : { host: clean(host), port: Number(port) }
}

function proxiedServer(row: Row, addresses: ReadonlyMap<string, ProxiedServer['address']>): ProxiedServer {
  const name = row.get('svname') ?? ''
  // `127.0.0.1:5432`, `[::1]:5432`: only for operators, or with "stats show-legends".
  const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(row.get('addr') ?? '') ?? []
  const status = row.get('status') ?? ''
  const check = [row.get('check_status'), row.get('check_desc') || row.get('last_chk')].filter(Boolean).join(' ')
  const since = row.get('lastchg') ?? ''
  return {
    name: clean(name),
    state: stateOf(status),
    status: clean(status),
    isBackup: row.get('bck') === '1',
    sessions: Number(row.get('scur') ?? 0) || 0,
    sinceSeconds: /^\d+$/.test(since) ? Number(since) : null,
    check: check === '' ? null : clean(check),
    address: addressOf(host, port) ?? addresses.get(name) ?? null,
  }
}

/** `UP 1/2` goes down with its next failures, and `DOWN 1/2` comes up. A server without checks is used. */
function stateOf(status: string): ProxiedState {
  if (/^(UP|no check)/.test(status)) return 'up'
  if (/^DOWN/.test(status)) return 'down'
  if (/^(DRAIN|NOLB)/.test(status)) return 'draining'
  return /^MAINT/.test(status) ? 'maintenance' : 'unknown'
}

function noBackend(name: string) {
  return {
    code: 'protocol',
    message: `HAProxy has no backend ${clean(name)}`,
    hint: 'Correct "backend" of the proxy: the name of a "backend" or "listen" section of its configuration.',
  } as const
}
