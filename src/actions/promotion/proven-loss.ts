// What a change of roles lost, by what its steps proved: the shutdown checkpoint, the last reading, where the history forked.

import { type ProvenLoss, readLossProof } from '../../model/runs/proven-loss.ts'
import type { RunStep } from '../../model/runs/run.ts'
import { bytesBetween, formatLsn, type Lsn, parseLsn } from '../../model/values/lsn.ts'
import { formatBytes } from '../../model/values/units.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { timelineForkOf } from '../repoint/timeline-fork.ts'

/** The step that waits until the candidate has everything, and those that stop the old primary. */
const RECEIVED = 'received-all'
const STOPS = ['stop-old-primary', 'fence-old-primary'] as const

export interface ProvenRoleChange {
  /** Id and name of the new primary, and the timeline that it was on before; 0 where that is not known. */
  readonly target: string
  readonly targetName: string
  readonly before: number
  readonly primaryName: string
}

/** null where no step proved anything: then it is what was announced. */
export async function provenLoss(changed: ProvenRoleChange, tools: ActionToolbox): Promise<ProvenLoss | null> {
  const received = tools.stepRecord(RECEIVED)
  const proven = received?.state === 'done' ? readLossProof(received.proof) : null
  if (proven?.bound === 'exact') return proven
  const checkpoint = checkpointOf(tools)
  const fork = checkpoint === null ? null : await timelineForkOf(changed.target, changed.before, tools)
  if (checkpoint !== null && fork?.kind === 'at') return byFork(changed, checkpoint, fork.lsn)
  if (proven) return proven
  return received === null ? null : unknown(received)
}

/** By whose word the old primary is stopped; null where no step was to see to that. */
export function stopEvidenceText(tools: ActionToolbox): string | null {
  const ran = STOPS.map((step) => tools.stepRecord(step)).find((each) => each !== null)
  if (!ran) return null
  const { state, operator, note, proof } = ran
  if (state === 'skipped') return `as reported by ${operator ?? 'the operator who skipped that step'}: ${note ?? ''}`
  if (operator !== null) return `as reported by ${operator}, who did it by hand`
  return proof?.by === 'host' ? `as reported by its host: ${note ?? ''}` : (note ?? 'unknown')
}

/** Where the last record of the old primary began, which its host told when it had been stopped. */
function checkpointOf(tools: ActionToolbox): Lsn | null {
  const proofs = STOPS.map((step) => tools.stepRecord(step)?.proof?.checkpoint)
  const proof = proofs.find((each) => typeof each === 'string')
  return typeof proof === 'string' ? parseLsn(proof) : null
}

/** The shutdown checkpoint itself holds no commit: whoever has all before it has everything. */
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
