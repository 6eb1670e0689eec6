// What an examination of one database reads beyond its pulse, and what it finds, in words with the next step.

import type { HbaReading } from '../measured/hba-reading.ts'
import type { DatabasePulse } from '../measured/pulse.ts'
import type { SessionAuth } from '../values/connection-parameters.ts'
import type { Fault } from '../values/fault.ts'
import type { SchemaRisk } from '../values/sql-names.ts'

/** What a privilege is good for. */
export type PrivilegeUse = 'watch' | 'diagnose' | 'logs' | 'act'

export interface PrivilegeCheck {
  readonly what: string
  readonly use: PrivilegeUse
  /** False: pgdeck does without, it only tells less or can't act. */
  readonly required: boolean
  readonly granted: boolean
  /** The exact statement; on a standby it is run on its primary. */
  readonly grant: string
}

export interface ServerSetting {
  readonly value: string
  readonly unit: string | null
  /** `pg_settings.vartype`: bool, integer, real, enum or string. A string may hold anything, a password too. */
  readonly type: string
  /** The file says otherwise, and only a restart makes it so. */
  readonly pendingRestart: boolean
}

/** What one database answers about itself. Names are as the server has them. */
export interface DoctorFacts {
  readonly role: string
  readonly superuser: boolean
  /** The database that is connected to: extensions and grants on functions are of this one. */
  readonly database: string
  readonly privileges: readonly PrivilegeCheck[]
  readonly settings: Readonly<Record<string, ServerSetting>>
  /** False: settings that only some may see are not among them. */
  readonly seesAllSettings: boolean
  /** Versions by name. */
  readonly installed: Readonly<Record<string, string>>
  readonly available: Readonly<Record<string, string>>
  /** Of the libraries that sort text; null before version 15, and where there is none. */
  readonly collation: string | null
}

/** Everything about one node; null is what could not be read, with the faults that say why. */
export interface InspectedDatabase {
  readonly id: string
  readonly pulse: DatabasePulse | null
  readonly facts: DoctorFacts | null
  /** How our session was let in; null while none is there. */
  readonly auth: SessionAuth | null
  readonly hba: HbaReading | null
  /** Of `public` and of the schemas that configured queries use. */
  readonly schemas?: readonly OpenSchema[]
  readonly faults: readonly Fault[]
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
  /** Statements and commands, exactly; else a sentence. Empty where nothing is to be done. */
  readonly next: readonly string[]
}

const WORST_FIRST: readonly DoctorLevel[] = ['critical', 'warning', 'unknown']

/** The worst of the findings; what is worth knowing alone is no harm. */
export function worstDoctorLevel(findings: readonly DoctorFinding[]): 'ok' | 'warning' | 'critical' | 'unknown' {
  const worst = WORST_FIRST.find((level) => findings.some((finding) => finding.level === level))
  return worst === undefined || worst === 'info' ? 'ok' : worst
}

/** What was found of one schema of a database. */
export interface OpenSchema {
  readonly trouble: SchemaRisk
  /** What of the configuration looks names up there, and is not run therefore: `backup`, `sessions of app-a`. */
  readonly queries: readonly string[]
}
