// Files of a server that runs and would not start again, or would start as another: it goes by what it read before.

import type { ReadableIdentMaps } from '../hba/ident/ident-maps.ts'
import { redact } from '../logs/redact.ts'
import { isReadAsPrimary } from '../picture/roles.ts'
import { clean } from '../values/text.ts'
import type { DoctorFinding, InspectedDatabase } from './doctor.ts'

/** More are counted only. */
const MOST = 8

/** What is wrong with the files of one node. */
export function serverFileFindings(node: InspectedDatabase): readonly DoctorFinding[] {
  return [...refusedLines(node), ...signalFiles(node), ...unsafeSettings(node), ...brokenMaps(node)]
}

function refusedLines({ id, files }: InspectedDatabase): readonly DoctorFinding[] {
  const errors = files?.errors ?? []
  if (errors.length === 0) return []
  const text = 'the server refuses lines of its settings: it goes by those of before, and would not start again'
  const next = errors.slice(0, MOST).map(({ file, line, name, error }) => {
    return `${file ?? 'postgresql.conf'}:${line ?? '?'}: ${name === null ? '' : `${name}: `}${redact(error)}`
  })
  const more = errors.length > MOST ? [`and ${errors.length - MOST} more`] : []
  return [{ area: 'settings', level: 'critical', subject: id, text, next: [...next, ...more] }]
}

/** They count when a server starts, and are gone once it is a primary. */
function signalFiles({ id, files, pulse }: InspectedDatabase): readonly DoctorFinding[] {
  const names = files?.names ?? []
  const found = (text: string, next: string): DoctorFinding => {
    return { area: 'settings', level: 'critical', subject: id, text, next: [next] }
  }
  const isPrimary = pulse !== null && isReadAsPrimary({ pulse })
  const signals = isPrimary ? names.filter((name) => name.endsWith('.signal')) : []
  return [
    ...(names.includes('recovery.conf')
      ? [found('recovery.conf is in its data directory: it would not start again', 'Remove recovery.conf.')]
      : []),
    ...signals.map((name) =>
      found(
        `${name} is in its data directory, though it is a primary: after a restart it would be in recovery and not writable`,
        `Remove ${name}.`,
      ),
    ),
  ]
}

const UNSAFE = ['fsync', 'full_page_writes'] as const

function unsafeSettings({ id, facts }: InspectedDatabase): readonly DoctorFinding[] {
  const off = UNSAFE.filter((name) => facts?.settings[name]?.value === 'off')
  if (off.length === 0) return []
  const text = `${off.join(' and ')} ${off.length > 1 ? 'are' : 'is'} off: a crash of its host can destroy its data`
  return [
    { area: 'settings', level: 'info', subject: id, text, next: off.map((name) => `ALTER SYSTEM SET ${name} = on;`) },
  ]
}

function brokenMaps({ id, hba }: InspectedDatabase): readonly DoctorFinding[] {
  const maps = hba?.known ? (hba.identMaps ?? null) : null
  if (!maps?.known || maps.problems.length === 0) return []
  return [{ area: 'hba', level: 'warning', subject: id, text: brokenMapsText(maps), next: ['SELECT pg_reload_conf()'] }]
}

function brokenMapsText({ path, problems: [problem] }: ReadableIdentMaps): string {
  const where = problem?.line == null ? '' : `line ${problem.line}: `
  return clean(`its ${path} is broken, the previous maps are in force: ${where}${problem?.error ?? ''}`)
}
