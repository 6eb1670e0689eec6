// Writes down that the backup is restored and verified: from now on the old primary may run.

import type { StepKind, Verification } from '../../../actions/definition/step-kind.ts'
import { databaseName } from '../../../actions/definition/target.ts'
import { readActingPrimary, updateActingPrimary } from '../roles/acting-store.ts'

export const recordRestoreKind: StepKind = {
  kind: 'note-restored',
  isReadOnly: true,
  async run(_, tools) {
    await updateActingPrimary(
      tools,
      (acting) => acting && { ...acting, restoredAt: acting.restoredAt ?? Date.now(), restoring: null },
    )
  },
  async verify(_, tools): Promise<Verification> {
    const acting = readActingPrimary(tools)
    if (acting && acting.restoredAt === null) return { result: 'not-yet', why: 'it is not written down yet' }
    const sight = tools.view()
    const server = sight.picture.servers.find(({ id }) => id === acting?.server)?.name
    const name = server ?? (acting ? databaseName(sight, acting.database) : 'the acting primary')
    const next = `next: pgdeck do decommission ${acting?.server ?? acting?.database ?? ''}, then pgdeck do build-read-only`
    const proof = tools.stepRecord('verify-restored')
    const kept =
      proof?.state === 'skipped'
        ? `the restore is kept as done, and is not verified (left out by ${proof.operator ?? 'somebody'}: ${proof.note ?? ''})`
        : 'the restore is kept as verified'
    return { result: 'yes', evidence: `${kept}; ${name} is to be decommissioned (${next})` }
  },
}
