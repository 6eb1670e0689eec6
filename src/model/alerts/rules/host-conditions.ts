// Alert conditions of hosts: file systems that fill up, clocks that differ.

import type { FileSystemRole } from '../../measured/host.ts'
import type { FileSystemView, HostView } from '../../picture/picture.ts'
import { subjectOf } from '../../picture/subject.ts'
import { clean } from '../../values/text.ts'
import { formatAge, formatBytes, formatSeconds } from '../../values/units.ts'
import { clockConditions, clockSkewSeconds } from './clock-conditions.ts'
import { type AlertCondition, belowThreshold, type RuleInput } from './condition.ts'

/** A disk that was full stays so while it can't be read, but an older reading says nothing. */
const DISK_KNOWN_FOR_MS = 15 * 60_000
/** A disk that lasts longer gets no forecast: the trend of minutes does not reach that far. */
const FORESEEABLE_SECONDS = 30 * 86_400

export function hostConditions(findings: RuleInput): readonly AlertCondition[] {
  return findings.hosts.flatMap((view) => [...disks(view, findings), ...clock(view, findings)])
}

function disks(view: HostView, { snapshot, now }: RuleInput): readonly AlertCondition[] {
  if (view.readAt === null || now - view.readAt > DISK_KNOWN_FOR_MS) return []
  const { diskFreePercent } = snapshot.spec.thresholds
  const age = view.stale ? ` (read ${formatAge(now - view.readAt)} ago)` : ''
  return scarcest(view.spaces).flatMap((space) =>
    belowThreshold('disk', subjectOf(view.id, space.role), space.freePercent, diskFreePercent, (limit) => {
      return `${clean(view.id)}: ${describe(space, limit)}${age}`
    }),
  )
}

/** One condition for each file system: a file system with several roles alerts once. */
function scarcest(spaces: readonly FileSystemView[]): readonly FileSystemView[] {
  const roles: readonly FileSystemRole[] = ['data', 'wal', 'log']
  const reported = new Set<string>()
  return roles.flatMap((role) => {
    const own = spaces.filter((space) => space.role === role && !reported.has(placeOf(space)))
    const [worst] = [...own].sort((a, b) => (a.freePercent ?? 101) - (b.freePercent ?? 101))
    for (const space of own) reported.add(placeOf(space))
    return worst ? [worst] : []
  })
}

function placeOf({ path, space }: FileSystemView): string {
  return space.state === 'known' ? (space.value.mount ?? space.value.device ?? path) : path
}

const WORDS: Readonly<Record<FileSystemRole, string>> = {
  data: 'of the data file system',
  wal: 'of the WAL file system',
  log: 'of the log file system',
}

function describe({ role, path, space, freePercent, fullInSeconds }: FileSystemView, limit: number): string {
  const left = space.state === 'known' ? formatBytes(space.value.availableBytes) : '?'
  // Rounded down: a value below 5 % must not print as `5 %`.
  const percent = freePercent === null ? '?' : String(Math.floor(freePercent * 10) / 10)
  const soon = fullInSeconds !== null && fullInSeconds < FORESEEABLE_SECONDS
  const until = soon ? `, full in about ${formatSeconds(fullInSeconds)} at the present rate` : ''
  return `${percent} % (${left}) ${WORDS[role]} left, limit ${limit} %${until} (${clean(path)})`
}

/** If the database of a host answers, its own clock reading is used. */
function clock(view: HostView, findings: RuleInput): readonly AlertCondition[] {
  const { facts } = view
  const answers = findings.members.some(({ id, isFresh }) => isFresh && view.nodeIds.includes(id))
  if (answers || !facts?.clock || view.stale || view.spec.access.kind === 'local') return []
  const { offsetMs, uncertaintyMs } = facts.clock
  return clockConditions(view.id, clean(view.id), clockSkewSeconds({ offsetMs, uncertaintyMs }, findings))
}
