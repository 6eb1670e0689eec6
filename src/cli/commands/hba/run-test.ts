// `pgdeck hba test`: which line of a pg_hba.conf decides for a connection, or for each of many.

import { confirmedHostName } from '../../../io/network/dns.ts'
import { decideHba, type HbaConnection, type HbaDecision } from '../../../model/hba/match/match.ts'
import { shadowedLines } from '../../../model/hba/match/shadow.ts'
import { parseIpAddress } from '../../../model/hba/syntax/ip-address.ts'
import type { HbaRules } from '../../../model/hba/syntax/record.ts'
import type { HbaRole } from '../../../model/measured/hba-reading.ts'
import { clean } from '../../../model/values/text.ts'
import { EXIT_CODES, UsageError } from '../../invocation/exit-codes.ts'
import { jsonText, type Output } from '../../invocation/output.ts'
import type { HbaRulesSource, TestedConnection } from './rules-source.ts'
import { hbaTestDocument, hbaTestLines, shadowedDocument } from './test-text.ts'

export interface HbaTestOptions {
  readonly ground: HbaRulesSource
  readonly connection: TestedConnection | null
  /** Lines of a batch; null: only `connection` is asked about. */
  readonly batch: AsyncIterable<string> | null
  readonly json: boolean
  readonly output: Output
  /** Notes that hold for a whole batch. */
  readonly tell: (text: string) => void
}

const LOOK_UP_MS = 5_000

interface Answered {
  readonly verdict: HbaDecision
  readonly notes: readonly string[]
}

/** Prints the decision, or one a line. Resolves to the exit code: 0 when all are allowed. Throws UsageError. */
export async function hbaTestCommand(options: HbaTestOptions): Promise<number> {
  const { ground, output, batch, connection, json } = options
  const names = new Map<string, Promise<string | null>>()
  const answer = async (asked: TestedConnection, place: string): Promise<Answered> => {
    const role = await ground.roleOf(asked.user)
    const checked = await connectionOf(asked, place, ground.rules, role, names)
    return { verdict: decideHba(ground.rules, checked, ground.serverNetworks), notes: ground.notesOn(asked, role) }
  }
  if (batch !== null) return printBatch(options, batch, answer)
  if (connection === null) throw new UsageError('hba test: say which connection, or give --batch')
  const { verdict, notes } = await answer(connection, 'hba test')
  const all = [...ground.notes, ...notes]
  await output.write(json ? documentText(verdict, ground, all) : plainText(verdict, ground.rules, all))
  return exitCode(verdict)
}

function documentText(
  verdict: HbaDecision,
  { rules, mainFile, about }: HbaRulesSource,
  notes: readonly string[],
): string {
  const { problems } = rules
  const errors =
    problems.length > 0 ? { errors: problems.map(({ file: of, line, error }) => ({ file: of, line, error })) } : {}
  const never = problems.length > 0 ? [] : shadowedLines(rules.records)
  const told = notes.length > 0 ? { notes } : {}
  const document = {
    ...hbaTestDocument(verdict, mainFile),
    ...errors,
    shadowed: shadowedDocument(never),
    ...about,
    ...told,
  }
  return jsonText(document, 'pretty')
}

function plainText(verdict: HbaDecision, rules: HbaRules, notes: readonly string[]): string {
  const never = rules.problems.length > 0 ? [] : shadowedLines(rules.records)
  const lines = [...hbaTestLines(verdict, rules.problems, never), ...notes.map((note) => `  note: ${note}`)]
  return lines.map((line) => `${clean(line)}\n`).join('')
}

type Answer = (asked: TestedConnection, place: string) => Promise<Answered>

async function printBatch(options: HbaTestOptions, lines: AsyncIterable<string>, answer: Answer): Promise<number> {
  const { ground, json, output } = options
  for (const note of ground.notes) options.tell(`note: ${note}`)
  let code: number = EXIT_CODES.ok
  let number = 0
  for await (const line of lines) {
    number++
    if (line.trim() === '') continue
    const { parseBatchLine } = await import('./batch.ts')
    const place = `hba test: line ${number} of the batch`
    const { verdict, notes } = await answer(parseBatchLine(line, place), place)
    const first = [hbaTestLines(verdict, [], [])[0], ...notes].join('; ')
    const told = notes.length > 0 ? { notes } : {}
    await output.write(
      json ? jsonText({ ...hbaTestDocument(verdict, ground.mainFile), ...told }, 'line') : `${clean(first)}\n`,
    )
    code = Math.max(code, exitCode(verdict))
  }
  return code
}

function exitCode({ result }: HbaDecision): number {
  return result === 'allow' ? EXIT_CODES.ok : EXIT_CODES.failed
}

async function connectionOf(
  asked: TestedConnection,
  place: string,
  rules: HbaRules,
  role: HbaRole | null,
  names: Map<string, Promise<string | null>>,
): Promise<HbaConnection> {
  const { type, ssl = false, gss = false, replication = false, user } = asked
  const wrong = (what: string) => new UsageError(`${place}: ${what}`)
  if (ssl && gss) throw wrong('a connection is encrypted with TLS or with GSSAPI, not both')
  if (asked.database === undefined && !replication) throw wrong('the database is missing')
  if (type === 'local' && (ssl || gss || asked.address !== undefined)) {
    throw wrong('a local connection has no address and no encryption')
  }
  if (type === 'host' && asked.address === undefined) throw wrong('the address of the client is missing')
  const address = asked.address === undefined ? null : parseIpAddress(asked.address)
  if (type === 'host' && address === null) throw wrong(`"${asked.address}" is no IPv4 or IPv6 address`)
  const clientName = address === null || !usesNames(rules) ? null : await nameOf(asked.address ?? '', names)
  const common = { type, ssl, gss, database: asked.database ?? '', user, address, clientName, replication }
  return { ...common, ...membership(asked, role) }
}

/** Of a role that the server has, its memberships count; for one that it has not got yet, those that are asked about. */
function membership({ memberOf }: TestedConnection, role: HbaRole | null) {
  if (role?.exists) return { memberOf: role.memberOf }
  return { memberOf: memberOf ?? [], roleExists: role === null || memberOf !== undefined }
}

function usesNames({ records }: HbaRules): boolean {
  return records.some(({ address }) => address?.kind === 'name')
}

/** The server looks names up only where a line has one; so does this. */
function nameOf(address: string, names: Map<string, Promise<string | null>>): Promise<string | null> {
  const found = names.get(address) ?? confirmedHostName(address, AbortSignal.timeout(LOOK_UP_MS))
  names.set(address, found)
  return found
}
