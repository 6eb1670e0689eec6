// `pgdeck hba test`: which line of a pg_hba.conf decides for a connection, or for each of many.

import { networkInterfaces } from 'node:os'
import { resolve } from 'node:path'
import { namesIn } from '../io/disk.ts'
import { exists, FileError, readText } from '../io/files.ts'
import { confirmedName } from '../io/names.ts'
import { type Network, parseAddress, parseNetwork } from '../model/hba/address.ts'
import type { HbaFiles } from '../model/hba/files.ts'
import { decide, type HbaConnection, type HbaVerdict } from '../model/hba/match.ts'
import { NEWEST_VERSION, parseHba } from '../model/hba/parse.ts'
import type { HbaRules } from '../model/hba/record.ts'
import { shadowed } from '../model/hba/shadow.ts'
import { clean } from '../model/text.ts'
import { jsonText, type Output } from './output.ts'
import { hbaDocument, shadowedDocument, verdictLines } from './text/hba-text.ts'
import { EXIT, UsageError } from './usage.ts'

/** A connection as it is asked about; also one line of a batch. */
export interface AskedConnection {
  readonly type: 'local' | 'host'
  readonly ssl?: boolean | undefined
  readonly gss?: boolean | undefined
  readonly database?: string | undefined
  readonly user: string
  readonly address?: string | undefined
  readonly replication?: boolean | undefined
  readonly memberOf?: readonly string[] | undefined
  readonly superuser?: boolean | undefined
}

export interface HbaTestOptions {
  readonly file: string
  readonly connection: AskedConnection | null
  /** Lines of a batch; null: only `connection` is asked about. */
  readonly batch: AsyncIterable<string> | null
  readonly serverVersion?: number | undefined
  /** Networks of the server's interfaces, such as `10.0.0.5/24`; undefined: those of this machine. */
  readonly serverAddresses?: readonly string[] | undefined
  readonly json: boolean
  readonly output: Output
}

const LOOK_UP_MS = 5_000

/** Prints the decision, or one a line. Resolves to the exit code: 0 when all are allowed. Throws UsageError, FileError. */
export async function hbaTestCommand(options: HbaTestOptions): Promise<number> {
  const interfaces = options.serverAddresses?.map(networkOf) ?? ownNetworks()
  const rules = parseHba(options.file, diskFiles(options.file), options.serverVersion ?? NEWEST_VERSION)
  const names = new Map<string, Promise<string | null>>()
  const answer = async (asked: AskedConnection, place: string) =>
    decide(rules, await connectionOf(asked, place, rules, names), interfaces)
  if (options.batch !== null) return printBatch(options, options.batch, answer)
  if (options.connection === null) throw new UsageError('hba test: say which connection, or give --batch')
  const verdict = await answer(options.connection, 'hba test')
  await options.output.write(options.json ? documentText(verdict, rules, options.file) : plainText(verdict, rules))
  return exitCode(verdict)
}

function documentText(verdict: HbaVerdict, rules: HbaRules, file: string): string {
  const { problems } = rules
  const errors =
    problems.length > 0 ? { errors: problems.map(({ file: of, line, error }) => ({ file: of, line, error })) } : {}
  const never = rules.problems.length > 0 ? [] : shadowed(rules.records)
  return jsonText({ ...hbaDocument(verdict, file), ...errors, shadowed: shadowedDocument(never) }, 'pretty')
}

function plainText(verdict: HbaVerdict, rules: HbaRules): string {
  const never = rules.problems.length > 0 ? [] : shadowed(rules.records)
  return verdictLines(verdict, rules.problems, never)
    .map((line) => `${clean(line)}\n`)
    .join('')
}

type Answer = (asked: AskedConnection, place: string) => Promise<HbaVerdict>

async function printBatch(options: HbaTestOptions, lines: AsyncIterable<string>, answer: Answer): Promise<number> {
  let code: number = EXIT.ok
  let number = 0
  for await (const line of lines) {
    number++
    if (line.trim() === '') continue
    const { readAsked } = await import('./hba-batch.ts')
    const place = `hba test: line ${number} of the batch`
    const verdict = await answer(readAsked(line, place), place)
    const first = verdictLines(verdict, [], [])[0] ?? ''
    await options.output.write(
      options.json ? jsonText(hbaDocument(verdict, options.file), 'line') : `${clean(first)}\n`,
    )
    code = Math.max(code, exitCode(verdict))
  }
  return code
}

function exitCode({ decision }: HbaVerdict): number {
  return decision === 'allow' ? EXIT.ok : EXIT.failed
}

/** Reads from the disk; a file other than the first that is not there is for the server's own message. */
function diskFiles(first: string): HbaFiles {
  const read = (path: string) => {
    try {
      return readText(resolve(path)).text
    } catch (error) {
      if (path !== first && error instanceof FileError && error.code === 'ENOENT') return null
      throw error
    }
  }
  return { read, list: (folder) => (exists(resolve(folder)) ? namesIn(resolve(folder)) : null) }
}

function networkOf(text: string): Network {
  const network = parseNetwork(text)
  if (network === null) {
    throw new UsageError(`--server-address "${clean(text)}": allowed: an address with its network, such as 10.0.0.5/24`)
  }
  return network
}

function ownNetworks(): readonly Network[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  return all.flatMap(({ cidr }) => (cidr === null ? [] : (parseNetwork(cidr) ?? [])))
}

async function connectionOf(
  asked: AskedConnection,
  place: string,
  rules: HbaRules,
  names: Map<string, Promise<string | null>>,
): Promise<HbaConnection> {
  const { type, ssl = false, gss = false, replication = false, memberOf = [], user } = asked
  const wrong = (what: string) => new UsageError(`${place}: ${what}`)
  if (ssl && gss) throw wrong('a connection is encrypted with TLS or with GSSAPI, not both')
  if (asked.database === undefined && !replication) throw wrong('the database is missing')
  if (type === 'local' && (ssl || gss || asked.address !== undefined)) {
    throw wrong('a local connection has no address and no encryption')
  }
  if (type === 'host' && asked.address === undefined) throw wrong('the address of the client is missing')
  const address = asked.address === undefined ? null : parseAddress(asked.address)
  if (type === 'host' && address === null) throw wrong(`"${asked.address}" is no IPv4 or IPv6 address`)
  const clientName = address === null || !usesNames(rules) ? null : await nameOf(asked.address ?? '', names)
  return { type, ssl, gss, database: asked.database ?? '', user, address, clientName, replication, memberOf }
}

function usesNames({ records }: HbaRules): boolean {
  return records.some(({ address }) => address?.kind === 'name')
}

/** The server looks names up only where a line has one; so does this. */
function nameOf(address: string, names: Map<string, Promise<string | null>>): Promise<string | null> {
  const found = names.get(address) ?? confirmedName(address, AbortSignal.timeout(LOOK_UP_MS))
  names.set(address, found)
  return found
}
