// `pgdeck hba test`: finds the line of pg_hba.conf that decides for a connection, or for each of many.

import { confirmedHostName } from '../../../io/network/dns.ts'
import { decideHba, type HbaDecision } from '../../../model/hba/match/match.ts'
import { shadowedLines } from '../../../model/hba/match/shadow.ts'
import { parseIpAddress } from '../../../model/hba/syntax/ip-address.ts'
import type { HbaConnection, HbaRules } from '../../../model/hba/syntax/record.ts'
import type { HbaRole } from '../../../model/measured/hba-reading.ts'
import { clean } from '../../../model/values/text.ts'
import { EXIT_CODES, UsageError } from '../../invocation/exit-codes.ts'
import { jsonText, type Output } from '../../invocation/output.ts'
import { mapNotes } from './map-notes.ts'
import type { HbaRulesSource, TestedConnection } from './rules-source.ts'
import { hbaTestDocument, hbaTestLines, shadowedDocument } from './test-text.ts'

export interface HbaTestOptions {
  readonly rulesSource: HbaRulesSource
  readonly connection: TestedConnection | null
  /** Lines of a batch; null: only `connection` is decided. */
  readonly batch: AsyncIterable<string> | null
  readonly json: boolean
  readonly output: Output
  /** Notes that hold for a whole batch. */
  readonly notify: (text: string) => void
}

const LOOK_UP_MS = 5_000

interface Answered {
  readonly decision: HbaDecision
  readonly notes: readonly string[]
}

/** Prints the decision, or one a line. Resolves to the exit code: 0 if all are allowed. Throws UsageError. */
export async function hbaTestCommand(options: HbaTestOptions): Promise<number> {
  const { rulesSource, output, batch, connection, json } = options
  const names = new Map<string, Promise<string | null>>()
  const answer = async (tested: TestedConnection, place: string): Promise<Answered> => {
    const role = await rulesSource.roleOf(tested.user)
    const checked = await connectionOf(tested, place, rulesSource.rules, role, names)
    const decision = decideHba(rulesSource.rules, checked, rulesSource.serverNetworks)
    return { decision, notes: [...rulesSource.notesOn(tested, role), ...mapNotes(decision, checked, rulesSource)] }
  }
  if (batch !== null) return printBatch(options, batch, answer)
  if (connection === null) throw new UsageError('hba test: describe the connection, or give --batch')
  const { decision, notes } = await answer(connection, 'hba test')
  const all = [...rulesSource.notes, ...notes]
  await output.write(
    json ? jsonText(hbaTestReport(decision, rulesSource, all), 'pretty') : plainText(decision, rulesSource.rules, all),
  )
  return exitCode(decision)
}

/** The document of `pgdeck hba test --json`. */
export function hbaTestReport(
  decision: HbaDecision,
  { rules, mainFile, about }: Pick<HbaRulesSource, 'rules' | 'mainFile' | 'about'>,
  notes: readonly string[],
) {
  const { problems } = rules
  const errors =
    problems.length > 0 ? { errors: problems.map(({ file: of, line, error }) => ({ file: of, line, error })) } : {}
  const never = problems.length > 0 ? [] : shadowedLines(rules.records)
  const noteFields = notes.length > 0 ? { notes } : {}
  return {
    ...hbaTestDocument(decision, mainFile),
    ...errors,
    shadowed: shadowedDocument(never),
    ...about,
    ...noteFields,
  }
}

function plainText(decision: HbaDecision, rules: HbaRules, notes: readonly string[]): string {
  const never = rules.problems.length > 0 ? [] : shadowedLines(rules.records)
  const lines = [...hbaTestLines(decision, rules.problems, never), ...notes.map((note) => `  note: ${note}`)]
  return lines.map((line) => `${clean(line)}\n`).join('')
}

type Answer = (tested: TestedConnection, place: string) => Promise<Answered>

async function printBatch(options: HbaTestOptions, lines: AsyncIterable<string>, answer: Answer): Promise<number> {
  const { rulesSource, json, output } = options
  for (const note of rulesSource.notes) options.notify(`note: ${note}`)
  let code: number = EXIT_CODES.ok
  let number = 0
  for await (const line of lines) {
    number++
    if (line.trim() === '') continue
    const { parseBatchLine } = await import('./batch.ts')
    const place = `hba test: line ${number} of the batch`
    const { decision, notes } = await answer(parseBatchLine(line, place), place)
    const first = [hbaTestLines(decision, [], [])[0], ...notes].join('; ')
    const noteFields = notes.length > 0 ? { notes } : {}
    await output.write(
      json
        ? jsonText({ ...hbaTestDocument(decision, rulesSource.mainFile), ...noteFields }, 'line')
        : `${clean(first)}\n`,
    )
    code = Math.max(code, exitCode(decision))
  }
  return code
}

function exitCode({ result }: HbaDecision): number {
  return result === 'allow' ? EXIT_CODES.ok : EXIT_CODES.failed
}

async function connectionOf(
  tested: TestedConnection,
  place: string,
  rules: HbaRules,
  role: HbaRole | null,
  names: Map<string, Promise<string | null>>,
): Promise<HbaConnection> {
  const { type, ssl = false, gss = false, replication = false, user } = tested
  const wrong = (what: string) => new UsageError(`${place}: ${what}`)
  if (ssl && gss) throw wrong('a connection is encrypted with TLS or with GSSAPI, not both')
  if (tested.database === undefined && !replication) throw wrong('the database is missing')
  if (type === 'local' && (ssl || gss || tested.address !== undefined)) {
    throw wrong('a local connection has no address and no encryption')
  }
  if (type === 'host' && tested.address === undefined) throw wrong('the address of the client is missing')
  const address = tested.address === undefined ? null : parseIpAddress(tested.address)
  if (type === 'host' && address === null) throw wrong(`"${tested.address}" is no IPv4 or IPv6 address`)
  const clientName = address === null || !usesNames(rules) ? null : await nameOf(tested.address ?? '', names)
  const common = { type, ssl, gss, database: tested.database ?? '', user, address, clientName, replication }
  return { ...common, ...membership(tested, role) }
}

/** The memberships of an existing role are the server's. A role that does not exist yet has those of the command line. */
function membership({ memberOf }: TestedConnection, role: HbaRole | null) {
  if (role?.exists) return { memberOf: role.memberOf }
  return { memberOf: memberOf ?? [], roleExists: role === null || memberOf !== undefined }
}

function usesNames({ records }: HbaRules): boolean {
  return records.some(({ address }) => address?.kind === 'name')
}

/** Like the server, this resolves names only if a line has one. */
function nameOf(address: string, names: Map<string, Promise<string | null>>): Promise<string | null> {
  const name = names.get(address) ?? confirmedHostName(address, AbortSignal.timeout(LOOK_UP_MS))
  names.set(address, name)
  return name
}
