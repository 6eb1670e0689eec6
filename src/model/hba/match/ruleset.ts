// The rules of one server for an audit, with broken lines as they were meant, so that one does not hide the others.

import type { ReadableHba } from '../../measured/hba-reading.ts'
import { explainInvalidLine, type InvalidHbaLine, parseHbaLine } from '../syntax/error-explanations.ts'
import type { HbaConnection, HbaRecord, HbaRules } from '../syntax/record.ts'
import { decideHba, type HbaDecision } from './match.ts'

export interface HbaRuleset {
  readonly reading: ReadableHba
  /** In the server's order. */
  readonly records: readonly HbaRecord[]
  readonly invalidLines: readonly InvalidHbaLine[]
  /** The corrected records. */
  readonly correctedLines: ReadonlyMap<HbaRecord, InvalidHbaLine>
}

export function toHbaRuleset(reading: ReadableHba): HbaRuleset {
  const { rules, server } = reading
  const broken = rules.problems.map((problem) => explainInvalidLine(problem, server.major))
  const records = [...rules.records]
  const meant = new Map<HbaRecord, InvalidHbaLine>()
  for (const each of broken) {
    const { file, line, rule } = each.problem
    const record = each.corrected === null ? null : parseHbaLine(each.corrected, server.major)
    if (record === null || line === null || rule === null) continue
    const mended = { ...record, file, line, rule: each.corrected ?? rule }
    meant.set(mended, each)
    records.splice(placeOf(records, file, line), 0, mended)
  }
  return { reading, records, invalidLines: broken, correctedLines: meant }
}

/** The position of a line among the records. */
function placeOf(records: readonly HbaRecord[], file: string, line: number): number {
  const after = records.findIndex((record) => record.file === file && record.line > line)
  if (after >= 0) return after
  const last = records.findLastIndex((record) => record.file === file)
  return last < 0 ? records.length : last + 1
}

/** Returns the decision as if no line were broken. */
export function decideByRuleset({ records, reading }: HbaRuleset, connection: HbaConnection): HbaDecision {
  const rules: HbaRules = { records, problems: [] }
  const { interfaces, interfacesComplete: complete } = reading.server
  return decideHba(rules, connection, { interfaces, complete })
}

/** The deciding record; null if none decided. */
export function decidingRecord({ records }: HbaRuleset, { result, file, line }: HbaDecision): HbaRecord | null {
  if (result !== 'allow' && result !== 'reject') return null
  return records.find((record) => record.file === file && record.line === line) ?? null
}

/** A line to add, as an audit proposes it. */
interface AddedHbaLine {
  readonly line: string
  readonly file: string
  /** Number of the line that comes after it, or that it replaces. Both null: at the end. */
  readonly before: number | null
  readonly replaces: number | null
}

/** Returns the reading as it will be once the file has these lines. Lines that can't be parsed are left out. */
export function withAddedHbaLines(reading: ReadableHba, lines: readonly AddedHbaLine[]): ReadableHba {
  const { rules, server } = reading
  const records = [...rules.records]
  const problems = rules.problems.filter(
    ({ file, line }) => !lines.some((each) => each.replaces !== null && each.file === file && each.replaces === line),
  )
  lines.forEach(({ line, file, before, replaces }, index) => {
    const record = parseHbaLine(line, server.major)
    if (!record) return
    const at = before === null ? records.length : placeOf(records, file, before - 1)
    // A file and a line identify the deciding record, and other lines keep their numbers here.
    records.splice(
      at,
      0,
      replaces === null ? { ...record, file: 'added', line: index + 1 } : { ...record, file, line: replaces },
    )
  })
  return { ...reading, rules: { records, problems } }
}
