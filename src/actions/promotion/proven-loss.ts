// The loss of a change of roles, as its steps proved it: by the shutdown checkpoint, the last reading, or the switch
// point.

import { type ProvenLoss, readLossProof } from '../../model/runs/proven-loss.ts'
import type { RunStep } from '../../model/runs/run.ts'
import { bytesBetween, formatLsn, type Lsn, parseLsn } from '../../model/values/lsn.ts'
import { formatBytes } from '../../model/values/units.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { timelineForkOf } from '../repoint/timeline-fork.ts'

/** The step that waits until the candidate has all WAL, and the steps that stop the old primary. */
const RECEIVED = 'received-all'
/** The step that reads how the old primary ended, where a manager stopped it. */
const READ = 'last-record'
const STOPS = ['stop-old-primary', 'fence-old-primary'] as const

export interface ProvenRoleChange {
  /** Id and name of the new primary, and its timeline before the promotion; 0 if unknown. */
  readonly target: string
  readonly targetName: string
  readonly before: number
  readonly primaryName: string
}

/** Returns null if no step proved anything: then the announced figures stay. */
export async function provenLoss(changed: ProvenRoleChange, tools: ActionToolbox): Promise<ProvenLoss | null> {
  const read = readLossProof(tools.stepRecord(READ)?.proof ?? null)
  if (read) return read
  const received = tools.stepRecord(RECEIVED)
  const proven = received?.state === 'done' ? readLossProof(received.proof) : null
  if (proven?.bound === 'exact') return proven
  const checkpoint = checkpointOf(tools)
  const fork = checkpoint === null ? null : await timelineForkOf(changed.target, changed.before, tools)
  if (checkpoint !== null && fork?.kind === 'at') return byFork(changed, checkpoint, fork.lsn)
  if (proven) return proven
  return received === null ? null : unknown(received)
}

/** Returns the evidence for the stop of the old primary; null if no step was to stop it. */
export function stopEvidenceText(tools: ActionToolbox): string | null {
  const ran = STOPS.map((step) => tools.stepRecord(step)).find((each) => each !== null)
  if (!ran) return null
  const { state, operator, note, proof } = ran
  if (state === 'skipped') return `as reported by ${operator ?? 'the operator who skipped that step'}: ${note ?? ''}`
  if (operator !== null) return `as reported by ${operator}, who did it by hand`
  return proof?.by === 'host' ? `as reported by its host: ${note ?? ''}` : (note ?? 'unknown')
}

/** Position of the last record of the old primary, as its host reported after the stop. */
function checkpointOf(tools: ActionToolbox): Lsn | null {
  const proofs = STOPS.map((step) => tools.stepRecord(step)?.proof?.checkpoint)
  const proof = proofs.find((each) => typeof each === 'string')
  return typeof proof === 'string' ? parseLsn(proof) : null
}

/** The shutdown checkpoint contains no commit: a standby with all WAL before it has everything. */
function byFork({ targetName, primaryName }: ProvenRoleChange, checkpoint: Lsn, fork: Lsn): ProvenLoss {
  const bytes = bytesBetween(checkpoint, fork)
  const where = `${targetName} diverged at ${formatLsn(fork)}, ${primaryName} shut down cleanly at ${formatLsn(checkpoint)}`
  const words = bytes === 0 ? `nothing: ${where}` : `${formatBytes(bytes)} of commits: ${where}`
  return { bytes, bound: 'exact', ageSeconds: null, text: words }
}

function unknown({ state, note, operator }: RunStep): ProvenLoss {
  const why =
    state === 'skipped'
      ? `the proof that everything was received was skipped${operator === null ? '' : ` by ${operator}`}: ${note ?? ''}`
      : 'nothing proved that everything was received'
  return { bytes: null, bound: null, ageSeconds: null, text: `unknown, as ${why}` }
}
