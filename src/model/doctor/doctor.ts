// What `doctor` reads of a database beyond its pulse, and its findings with the next step.

import type { HbaReading } from '../measured/hba-reading.ts'
import type { DatabasePulse } from '../measured/pulse.ts'
import type { SessionAuth } from '../values/connection-parameters.ts'
import type { Fault } from '../values/fault.ts'
import type { Refusals } from '../values/refused-function.ts'
import type { SchemaRisk } from '../values/sql-names.ts'

/** What a privilege is for. */
export type PrivilegeUse = 'watch' | 'diagnose' | 'logs' | 'act'

export interface PrivilegeCheck {
  readonly what: string
  readonly use: PrivilegeUse
  /** False: pgdeck works without it, but shows less or can't act. */
  readonly required: boolean
  readonly granted: boolean
  /** The exact statement. For a standby it is run on the primary. */
  readonly grant: string
}

export interface ServerSetting {
  readonly value: string
  readonly unit: string | null
  /** `pg_settings.vartype`: bool, integer, real, enum or string. A string may contain anything, also a password. */
  readonly type: string
  /** The file has another value, which needs a restart. */
  readonly pendingRestart: boolean
}

/** What one database reports about itself. Names are unchanged. */
export interface DoctorFacts extends Refusals {
  readonly role: string
  readonly superuser: boolean
  /** The connected database: extensions and grants on functions belong to it. */
  readonly database: string
  readonly privileges: readonly PrivilegeCheck[]
  readonly settings: Readonly<Record<string, ServerSetting>>
  /** False: settings that are hidden from this role are missing. */
  readonly seesAllSettings: boolean
  /** Versions by name. */
  readonly installed: Readonly<Record<string, string>>
  readonly available: Readonly<Record<string, string>>
  /** Version of the default collation; null before version 15, and if it has none. */
  readonly collation: string | null
}

/** Everything about one database. null: it could not be read, and `faults` say why. */
export interface InspectedDatabase {
  readonly id: string
  readonly pulse: DatabasePulse | null
  readonly facts: DoctorFacts | null
  /** How our session logged in; null without a session. */
  readonly auth: SessionAuth | null
  readonly hba: HbaReading | null
  /** What is wrong with its files; absent or null: not read. */
  readonly files?: ServerFileFacts | null
  /** Of `public` and of the schemas that configured queries use. */
  readonly schemas?: readonly OpenSchema[]
  readonly faults: readonly Fault[]
}

/** Errors in the files of a server that runs; null: hidden from this role. */
export interface ServerFileFacts {
  /** Lines of postgresql.conf and what it includes that the server refuses. */
  readonly errors:
    | readonly {
        readonly file: string | null
        readonly line: number | null
        readonly name: string | null
        readonly error: string
      }[]
    | null
  /** Of the files that count at a start, those that are in the data directory. */
  readonly names: readonly ('recovery.conf' | 'recovery.signal' | 'standby.signal')[] | null
}

export type DoctorLevel = 'ok' | 'info' | 'warning' | 'critical' | 'unknown'

const DOCTOR_AREAS = [
  'program',
  'config',
  'terminal',
  'ssh',
  'reach',
  'login',
  'privileges',
  'schemas',
  'versions',
  'clock',
  'settings',
  'hba',
  'extensions',
] as const
export type DoctorArea = (typeof DOCTOR_AREAS)[number]

export interface DoctorFinding {
  readonly area: DoctorArea
  readonly level: DoctorLevel
  /** Ids of nodes or hosts; null for this host, or all. */
  readonly subject: string | null
  readonly text: string
  /** Exact statements and commands, else a sentence. Empty if nothing has to be done. */
  readonly next: readonly string[]
}

const WORST_FIRST: readonly DoctorLevel[] = ['critical', 'warning', 'unknown']

/** Returns the worst level. Findings of level info do not count. */
export function worstDoctorLevel(findings: readonly DoctorFinding[]): 'ok' | 'warning' | 'critical' | 'unknown' {
  const worst = WORST_FIRST.find((level) => findings.some((finding) => finding.level === level))
  return worst === undefined || worst === 'info' ? 'ok' : worst
}

/** The result for one schema of a database. */
export interface OpenSchema {
  readonly trouble: SchemaRisk
  /** The configured queries that look names up there and are not run for that reason: `backup`, `sessions of app-a`. */
  readonly queries: readonly string[]
}
