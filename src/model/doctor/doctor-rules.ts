// The findings of `doctor` about a cluster's databases.

import { hostingProvider } from '../managers/detection/provider.ts'
import { settingsTooLow, settingsTooLowText } from '../measured/required-settings.ts'
import { isSameSystem } from '../measured/server-identity.ts'
import { isReadAsPrimary, isReadAsStandby } from '../picture/roles.ts'
import { refusedFunctionText } from '../values/refused-function.ts'
import { newerThanTested } from '../values/tested-versions.ts'
import { formatSeconds } from '../values/units.ts'
import type { DoctorFinding, DoctorLevel, InspectedDatabase, PrivilegeCheck } from './doctor.ts'
import { extensionsDrift } from './extensions-drift.ts'
import { hbaDrift, hbaFileFindings } from './hba-drift.ts'
import { openSchemaFindings } from './open-schemas.ts'
import { repmgrElsewhere } from './repmgr-elsewhere.ts'
import { serverFileFindings } from './server-files.ts'
import { pendingRestarts, settingsDrift } from './settings-drift.ts'
import { weakLogins } from './weak-login.ts'

/** Larger clock differences make lag in seconds wrong and logs hard to compare. */
const CLOCK_MS = 2_000

/**
 * Returns all findings: of each database, then of their differences. `isManagerDeclared`: the configuration says where
 * the manager of the cluster is asked.
 */
export function doctorFindings(
  nodes: readonly InspectedDatabase[],
  isManagerDeclared = false,
): readonly DoctorFinding[] {
  return [
    ...nodes.flatMap(reached),
    ...weakLogins(nodes),
    ...privileges(nodes),
    ...(isManagerDeclared ? [] : repmgrElsewhere(nodes)),
    ...nodes.flatMap(refusedFunctions),
    ...openSchemaFindings(nodes),
    ...versions(nodes),
    ...clocks(nodes),
    ...requiredSettings(nodes),
    ...nodes.flatMap(pendingRestarts),
    ...nodes.flatMap(serverFileFindings),
    ...settingsDrift(nodes),
    ...nodes.flatMap(hbaFileFindings),
    ...hbaDrift(nodes),
    ...extensionsDrift(nodes),
  ]
}

function reached({ id, faults, pulse }: InspectedDatabase): readonly DoctorFinding[] {
  const failed = faults.map(({ message, hint }): DoctorFinding => {
    return { area: 'reach', level: 'unknown', subject: id, text: message, next: hint === null ? [] : [hint] }
  })
  if (pulse?.pooler === undefined) return failed
  const text = `pgdeck reads it through a connection pooler (${pulse.pooler}), and refuses actions through one`
  const next = ['Connect to the server itself: put its own host and port into the dsn.']
  return [...failed, { area: 'reach', level: 'warning', subject: id, text, next }]
}

/** Missing grants, the most important first. Databases that replicate from the same primary lack the same ones. */
function privileges(nodes: readonly InspectedDatabase[]): readonly DoctorFinding[] {
  const merged = new Map<string, DoctorFinding>()
  for (const [key, finding] of nodes.flatMap(lacking)) {
    const before = merged.get(key)
    merged.set(key, before ? { ...finding, subject: `${before.subject}, ${finding.subject}` } : finding)
  }
  const findings = [...merged.values()]
  return [...findings.filter(({ level }) => level !== 'info'), ...findings.filter(({ level }) => level === 'info')]
}

/** The missing privileges of one role, each with a key that is the same on other databases. */
function lacking({ id, facts, pulse }: InspectedDatabase): readonly (readonly [string, DoctorFinding])[] {
  const missing = facts?.privileges.filter(({ granted }) => !granted) ?? []
  if (!facts || !pulse || missing.length === 0) return []
  const kinds = [
    { level: 'warning', may: 'may not read', of: missing.filter(({ required }) => required) },
    { level: 'info', may: 'may not read (optional)', of: missing.filter(optional) },
    { level: 'info', may: 'may not act', of: missing.filter(({ use, required }) => use === 'act' && !required) },
  ] as const
  return kinds.flatMap(({ level, may, of }) => {
    if (of.length === 0) return []
    const what = [...new Set(of.map((privilege) => privilege.what))].join(', ')
    const text = `${facts.role} ${may}: ${what} (grant on the primary, in database ${facts.database})`
    const next = [...new Set(of.map(({ grant }) => `${grant};`))]
    const finding: DoctorFinding = { area: 'privileges', level, subject: id, text, next }
    return [[`${pulse.systemIdentifier} ${text}`, finding] as const]
  })
}

/** Figures that stay unknown because the server refuses functions, by what keeps them from this role. */
function refusedFunctions({ id, pulse, facts }: InspectedDatabase): readonly DoctorFinding[] {
  const all = [...(pulse?.refused ?? []), ...(facts?.refused ?? [])]
  const refused = [...new Map(all.map((one) => [refusedFunctionText(one), one])).values()]
  if (!pulse || refused.length === 0) return []
  const provider = hostingProvider(pulse.managerSigns)
  const where = provider === null ? '' : ` (it is of ${provider})`
  const text = `unknown on this server${where}: ${refused.map(refusedFunctionText).join('; ')}`
  const next = [...new Set(refused.flatMap(({ grant }) => (grant === null ? [] : [`${grant};`])))]
  return [{ area: 'privileges', level: 'warning', subject: id, text, next }]
}

function optional({ use, required }: PrivilegeCheck): boolean {
  return use !== 'act' && !required
}

function versions(nodes: readonly InspectedDatabase[]): readonly DoctorFinding[] {
  const finding = (level: DoctorLevel, text: string): DoctorFinding => ({
    area: 'versions',
    level,
    subject: null,
    text,
    next: [],
  })
  const serverVersions = nodes.flatMap(({ id, pulse }) =>
    pulse ? [{ id, version: pulse.version.split(' ')[0] ?? '?' }] : [],
  )
  const newer = nodes.flatMap(({ id, pulse }) => {
    const why = pulse && newerThanTested(pulse.versionNumber)
    return pulse && why ? [finding('warning', `PostgreSQL ${pulse.version} on ${id} is ${why}`)] : []
  })
  const text = serverVersions.map(({ id, version }) => `${version} on ${id}`).join(', ')
  const sorts = nodes.flatMap(({ id, facts }) => (facts?.collation ? [{ id, collation: facts.collation }] : []))
  const differs = (values: readonly string[]) => new Set(values).size > 1
  return [
    ...newer,
    ...(differs(serverVersions.map(({ version }) => version))
      ? [finding('warning', `the versions of PostgreSQL differ: ${text}`)]
      : []),
    ...(differs(sorts.map(({ collation }) => collation))
      ? [
          finding(
            'critical',
            `the collation libraries differ, indexes on text break with a failover: ${sorts.map(({ id, collation }) => `${collation} on ${id}`).join(', ')}`,
          ),
        ]
      : []),
  ]
}

/** Compared with the clock that agrees best with this host's, and only as far as it is certain. */
function clocks(nodes: readonly InspectedDatabase[]): readonly DoctorFinding[] {
  const read = nodes.flatMap(({ id, pulse }) =>
    pulse ? [{ id, offsetMs: pulse.clockOffsetMs, trip: pulse.roundTripMs }] : [],
  )
  const best = read.toSorted((a, b) => Math.abs(a.offsetMs) - Math.abs(b.offsetMs))[0]
  return read.flatMap(({ id, offsetMs, trip }) => {
    const apartMs = Math.abs(offsetMs - (best?.offsetMs ?? 0)) - trip / 2
    if (apartMs <= CLOCK_MS) return []
    const text = `its clock is ${formatSeconds(apartMs / 1000)} off from that of ${best?.id}`
    return [
      {
        area: 'clock',
        level: 'warning',
        subject: id,
        text,
        next: ['Use the same time servers on both hosts (chrony, systemd-timesyncd).'],
      } as const,
    ]
  })
}

/** A standby with lower settings than its primary can't become a primary: the promotion shuts it down. */
function requiredSettings(nodes: readonly InspectedDatabase[]): readonly DoctorFinding[] {
  const primaries = nodes.flatMap(({ pulse }) => (pulse && isReadAsPrimary({ pulse }) ? [pulse] : []))
  return nodes.flatMap(({ id, pulse }) => {
    if (!pulse || !isReadAsStandby({ pulse })) return []
    const primary = primaries.find((each) => isSameSystem(each, pulse))
    const low = settingsTooLow(pulse.settings, primary?.settings ?? null)
    if (low.length === 0) return []
    const text = `${settingsTooLowText(low)} of its primary: replay stops, and this server would shut down when promoted`
    const next = low.map(({ setting, primary: wanted }) => `ALTER SYSTEM SET ${setting} = ${wanted};`)
    return [{ area: 'settings', level: 'critical', subject: id, text, next: [...next, 'Then restart it.'] } as const]
  })
}
