// Lines of pg_hba.conf that differ between databases: a client admitted here is refused there after a failover.

import type { HbaRecord } from '../hba/syntax/record.ts'
import type { DoctorFinding, InspectedDatabase } from './doctor.ts'

/** Further differences are only counted. */
const TOLD = 8

/** Compares rules by meaning: blanks, comments, masks and the order of names do not matter. */
export function hbaDrift(nodes: readonly InspectedDatabase[]): readonly DoctorFinding[] {
  const known = nodes.flatMap(({ id, hba }) =>
    hba?.known ? [{ id, records: hba.rules.records, exact: hba.exact }] : [],
  )
  const [first, ...others] = known
  if (!first) return []
  return others.flatMap((other) => [...lacking(first, other), ...lacking(other, first), ...order(first, other)])
}

interface Ruled {
  readonly id: string
  readonly records: readonly HbaRecord[]
  /** False: quoted names could not be distinguished from keywords. */
  readonly exact: boolean
}

function lacking(has: Ruled, lacks: Ruled): readonly DoctorFinding[] {
  const meaning = meaningIn(has, lacks)
  const there = new Set(lacks.records.map(meaning))
  const missing = has.records.filter((record) => !there.has(meaning(record)))
  if (missing.length === 0) return []
  const more = missing.length > TOLD ? ` and ${missing.length - TOLD} more` : ''
  const count = missing.length === 1 ? 'one rule' : `${missing.length} rules`
  const text = `${lacks.id} lacks ${count} that ${has.id} has${more === '' ? '' : `, ${TOLD} shown${more}`}`
  return [
    { area: 'hba', level: 'warning', subject: lacks.id, text, next: missing.slice(0, TOLD).map(({ rule }) => rule) },
  ]
}

/** The first matching line decides, so the same lines in another order differ. */
function order(one: Ruled, other: Ruled): readonly DoctorFinding[] {
  const [mine = [], theirs = []] = [one, other].map(({ records }) => records.map(meaningIn(one, other)))
  const same = mine.length === theirs.length && mine.every((meaning) => theirs.includes(meaning))
  if (!same || mine.every((meaning, index) => meaning === theirs[index])) return []
  const text = `${one.id} and ${other.id} have the same rules in a different order: a different rule may match first`
  return [{ area: 'hba', level: 'info', subject: other.id, text, next: [] }]
}

/** Returns the same text for rules with the same meaning, as far as both are known exactly. */
function meaningIn(one: Ruled, other: Ruled): (record: HbaRecord) => string {
  const exact = one.exact && other.exact
  const names = (list: HbaRecord['users']) =>
    list.map(({ text, quoted }) => `${quoted && exact ? '"' : ''}${text}`).sort()
  const inWords = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value)
  return ({ type, databases, users, address, method, options }) => {
    const settings = options.map(({ name, value }) => `${name}=${value}`).sort()
    return JSON.stringify([type, names(databases), names(users), address, method, settings], inWords)
  }
}

/** The problems in the rules of one database. */
export function hbaFileFindings({ id, hba }: InspectedDatabase): readonly DoctorFinding[] {
  if (!hba) return []
  if (!hba.known)
    return [{ area: 'hba', level: 'unknown', subject: id, text: `its pg_hba.conf is unknown: ${hba.why}`, next: [] }]
  const [problem] = hba.rules.problems
  if (problem) {
    const where = problem.line === null ? '' : `line ${problem.line}: `
    const text = `its pg_hba.conf is broken, the previous rules are in force: ${where}${problem.error}`
    return [{ area: 'hba', level: 'critical', subject: id, text, next: [`pgdeck hba test --node ${id}`] }]
  }
  if (hba.reloadState !== 'edited') return []
  const text = 'its pg_hba.conf was changed and not reloaded: the previous rules are in force'
  return [{ area: 'hba', level: 'warning', subject: id, text, next: ['SELECT pg_reload_conf()'] }]
}
