// Notes of `pgdeck hba test` about the map of the deciding line.

import { identMapProblem, mapOf, mappedSystemUsers } from '../../../model/hba/ident/ident-maps.ts'
import type { HbaDecision } from '../../../model/hba/match/match.ts'
import type { HbaConnection } from '../../../model/hba/syntax/record.ts'
import { clean, listText } from '../../../model/values/text.ts'
import type { HbaRulesSource } from './rules-source.ts'

/** Whom the map of the deciding line admits. */
export function mapNotes(
  decision: HbaDecision,
  asked: HbaConnection,
  { rules, identMaps, version }: HbaRulesSource,
): readonly string[] {
  const { file, line } = decision
  const record = rules.records.find((each) => each.file === file && each.line === line)
  const map = record && decision.result === 'allow' ? mapOf(record) : null
  if (!record || map === null) return []
  const ignoresCase = record.options.some(({ name, value }) => name === 'krb_caseins_users' && value === '1')
  const user = { user: asked.user, memberOf: asked.memberOf, version, ignoresCase }
  const problem = identMapProblem(record, identMaps, user)
  if (problem !== null) return [clean('fails' in problem ? problem.fails : `it is unknown ${problem.unknown}`)]
  const users = identMaps?.known ? mappedSystemUsers(identMaps, map, user) : []
  return [clean(`its map "${map}" lets in ${listText(users)} as "${asked.user}"`)]
}
