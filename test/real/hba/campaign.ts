// Compares the model of pg_hba.conf with a real server: how it understands random files, and what it decides by them.

import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import type { PostgresNode } from '../../../src/demo/postgres/postgres-node.ts'
import { fileSize, listNames, makeFolder, readTextOrNull, writePrivateText } from '../../../src/io/files/sync-files.ts'
import { confirmedHostName } from '../../../src/io/network/dns.ts'
import { decideHba, type HbaDecision } from '../../../src/model/hba/match/match.ts'
import { type IpNetwork, parseIpAddress, parseIpNetwork } from '../../../src/model/hba/syntax/ip-address.ts'
import { parseHba } from '../../../src/model/hba/syntax/parse.ts'
import type { HbaRules } from '../../../src/model/hba/syntax/record.ts'
import { within } from '../../wait.ts'
import { differences } from './compare.ts'
import { type Judgement, judged, logSince, viewed } from './judge.ts'
import { type Knock, PASSWORD } from './knock.ts'
import { type Files, files, knocks, MEMBER_OF, OWN_LINE } from './situations.ts'
import { towards } from './towards.ts'

export interface CampaignOptions {
  readonly seed: number
  readonly files: number
  readonly connections: number
  /** Host names in lines; what looks them up may be slow on some machines. */
  readonly names: boolean
  /** The server has TLS. */
  readonly tls: boolean
}

export interface Campaign {
  readonly decisions: number
  readonly lines: number
  readonly refusedFiles: number
  /** How often each decision came up; `unknown`: ours, which claims nothing. */
  readonly tally: ReadonlyMap<string, number>
  readonly differences: readonly string[]
}

/** Settings of a server that is compared with. */
export const SETTINGS = {
  listen_addresses: '127.0.0.1,::1',
  max_connections: '200',
  max_wal_senders: '40',
  log_min_messages: 'log',
}

/** Roles that the random files and connections speak of. */
export async function prepare(node: PostgresNode): Promise<void> {
  const { major } = node.binaries
  await node.setSetting('log_connections', major >= 18 ? 'authentication' : 'on')
  await node.query('create role grp; create role "inner" in role grp')
  const attributes = `login replication password '${PASSWORD}'`
  await node.query(`create role alice ${attributes}; create role bob ${attributes} in role grp;
    create role carol ${attributes} in role "inner"; create role root superuser ${attributes};
    create role "all" ${attributes}; create role "two words" ${attributes}; create role "+grp" ${attributes}`)
}

const ROLES = new Set([
  'postgres',
  'pgdeck',
  'grp',
  'inner',
  'alice',
  'bob',
  'carol',
  'root',
  'all',
  'two words',
  '+grp',
])

/** Whether this machine has an IPv6 loopback address. */
export const IPV6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'))

/** Runs it. The same seed makes the same files and connections. */
export async function campaign(node: PostgresNode, options: CampaignOptions): Promise<Campaign> {
  const found: string[] = []
  const tally = new Map<string, number>()
  const count = (what: string) => tally.set(what, (tally.get(what) ?? 0) + 1)
  let [decisions, lines, refusedFiles] = [0, 0, 0]
  const samples = fc.sample(files({ ...options, includes: node.binaries.major >= 16 }), {
    seed: options.seed,
    numRuns: options.files,
  })
  let inForce = (await loaded(node, { 'pg_hba.conf': OWN_LINE })).rules
  for (const [number, texts] of samples.entries()) {
    const { rules, refused, log } = await loaded(node, texts)
    const rows = await viewed(node)
    lines += rows.length
    const shown = `${JSON.stringify(texts, null, 1)}\nPostgreSQL ${node.binaries.version}, file ${number}`
    found.push(...differences(rules, rows, mainFile(node)).map((text) => `${text}\n${shown}`))
    if (refused !== rules.problems.length > 0) {
      found.push(`the server ${refused ? 'refuses' : 'takes'} the file, the model does not\n${shown}\n${log}`)
    }
    if (refused) refusedFiles++
    else inForce = rules
    for (const asked of fc
      .sample(knocks({ ...options, ipv6: IPV6 }), {
        seed: options.seed + number,
        numRuns: options.connections,
      })
      .map((knock, at) => bent(knock, at, inForce, options))) {
      const ours = await ourDecision(inForce, asked)
      const theirs = await judged(node, asked)
      decisions++
      count(ours.result)
      if (!agree(ours, theirs)) {
        found.push(`${JSON.stringify(asked)}: ${said(ours)}, but the server: ${said(theirs)}\n${shown}`)
      }
    }
  }
  return { decisions, lines, refusedFiles, tally, differences: found }
}

/** Two of three towards a line other than the test's own. */
function bent(knock: Knock, at: number, { records }: HbaRules, { tls }: CampaignOptions): Knock {
  const record = records[1 + (at % Math.max(1, records.length - 1))]
  return at % 3 === 0 || record === undefined ? knock : towards(knock, record, { tls, ipv6: IPV6 })
}

function mainFile(node: PostgresNode): string {
  return join(node.dataDirectory, 'pg_hba.conf')
}

async function loaded(node: PostgresNode, texts: Files) {
  const { owner } = node.scratch
  makeFolder(join(node.dataDirectory, 'folder'), owner)
  for (const [name, text] of Object.entries(texts)) {
    if (name !== 'pg_hba.conf') writePrivateText(join(node.dataDirectory, name), text, owner)
  }
  const before = fileSize(node.logFile)
  await node.setHba(texts['pg_hba.conf'] ?? OWN_LINE)
  // The next session is let in by the rules that this reload left in force, so it has ended.
  await node.query('select 1')
  const log = logSince(node, before)
  const list = (folder: string) => listNames(folder)
  const exists = (folder: string) => listNames(join(folder, '..')).includes(folder.split('/').at(-1) ?? '')
  const disk = {
    // To the server a folder is a file of nothing.
    read: (file: string) => readTextOrNull(file) ?? (listNames(file).length > 0 ? '' : null),
    list: (folder: string) => (exists(folder.replace(/\/+$/, '')) ? list(folder) : null),
  }
  return { rules: parseHba(mainFile(node), disk, node.binaries.major), refused: log.includes('was not reloaded'), log }
}

const NETWORKS: readonly IpNetwork[] = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .flatMap(({ cidr }) => (cidr === null ? [] : (parseIpNetwork(cidr) ?? [])))

const names = new Map<string, Promise<string | null>>()

async function ourDecision(rules: HbaRules, asked: Knock): Promise<HbaDecision> {
  const { type, ssl, replication, user, database } = asked
  const local = type === 'local'
  const usesNames = rules.records.some(({ address }) => address?.kind === 'name')
  const connection = {
    ...{ type, ssl: !local && ssl, gss: false, database, user, replication: replication === 'physical' },
    address: local ? null : parseIpAddress(asked.address),
    clientName: local || !usesNames ? null : await nameOf(asked.address),
    memberOf: MEMBER_OF[user] ?? [],
    roleExists: ROLES.has(user),
  }
  return decideHba(rules, connection, NETWORKS)
}

function nameOf(address: string): Promise<string | null> {
  const found = names.get(address) ?? confirmedHostName(address, within(10_000))
  names.set(address, found)
  return found
}

function agree(ours: HbaDecision, theirs: Judgement): boolean {
  if (ours.result === 'unknown') return true
  if (ours.result !== theirs.decision) return false
  if (theirs.line === null) return true
  return ours.line === theirs.line && (theirs.file === null || ours.file === theirs.file)
}

function said({ line, file, ...said }: HbaDecision | Judgement): string {
  const decision = 'result' in said ? said.result : said.decision
  return line === null ? decision : `${decision} at ${file ?? ''}:${line}`
}
