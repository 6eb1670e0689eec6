// Extensions that differ between databases: what uses them fails after a failover.

import type { DoctorFacts, DoctorFinding, InspectedDatabase } from './doctor.ts'

interface Known {
  readonly id: string
  readonly checkup: DoctorFacts
}

/** Installed ones whose files are missing elsewhere, ones installed on one side only, and files on one side only. */
export function extensionsDrift(nodes: readonly InspectedDatabase[]): readonly DoctorFinding[] {
  const known = nodes.flatMap(({ id, facts }) => (facts ? [{ id, checkup: facts }] : []))
  return known.flatMap((one) => known.filter((other) => other !== one).flatMap((other) => between(one, other)))
}

function between(has: Known, lacks: Known): readonly DoctorFinding[] {
  const { installed, available, database } = has.checkup
  const used = Object.keys(installed).toSorted()
  const gone = used.filter((name) => !(name in lacks.checkup.available))
  const onlyHere =
    database === lacks.checkup.database
      ? used.filter((name) => !(name in lacks.checkup.installed) && !gone.includes(name))
      : []
  const files = Object.keys(available)
    .filter((name) => !(name in lacks.checkup.available) && !gone.includes(name))
    .toSorted()
  const finding = (level: DoctorFinding['level'], text: string): DoctorFinding => {
    return { area: 'extensions', level, subject: lacks.id, text, next: [] }
  }
  return [
    ...gone.map((name) =>
      finding('warning', `${name} is used on ${has.id}, and its files are not installed on ${lacks.id}`),
    ),
    ...onlyHere.map((name) =>
      finding('warning', `${name} is installed in ${database} on ${has.id} and not on ${lacks.id}`),
    ),
    ...used
      .filter((name) => differs(name, has, lacks))
      .map((name) => {
        const there = lacks.checkup.available[name]
        return finding('info', `${name} is ${installed[name]} on ${has.id}; the files on ${lacks.id} are of ${there}`)
      }),
    ...(files.length > 0
      ? [finding('info', `could be installed on ${has.id} and not on ${lacks.id}: ${files.join(', ')}`)]
      : []),
  ]
}

/** Whether the files have different versions. An update that is due does not count. */
function differs(name: string, has: Known, lacks: Known): boolean {
  const there = lacks.checkup.available[name]
  return there !== undefined && there !== has.checkup.available[name] && there !== has.checkup.installed[name]
}
