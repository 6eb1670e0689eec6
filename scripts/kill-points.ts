// Kills an act on real clusters at each line of its journal and then at random moments, and resumes or undoes it: `npm run kill-points
// -- [ACTION] [MOMENTS] [LANES] [SEED] [resume|undo]`, with an act of KILLED_ACTS, and clusters at a time. The seed of a run that failed gives
// the same moments again. What failed is told with the journal and the logs; other lanes end the point that they are at.

import { seededRandom } from '../src/demo/random.ts'
import { KILLED_ACTS, type KilledActName } from '../test/real/acts/killed-acts.ts'
import { type Moment, withLane } from '../test/real/acts/killing.ts'

const [action = 'promote', moments = '200', lanes = '3', given, then = 'resume'] = process.argv.slice(2)
if (!isKilledAct(action)) throw new Error(`${action}: one of ${Object.keys(KILLED_ACTS).join(', ')}`)
if (then !== 'resume' && then !== 'undo') throw new Error(`${then}: resume or undo`)
const seed = given === undefined ? Date.now() % 1_000_000 : Number(given)
const random = seededRandom(seed)
/** What the act takes on a quiet machine, and a little more. */
const LONGEST_MS = action === 'promote' ? 3_000 : 6_000

const failures: string[] = []
let lines = 0
let moment = 0
let done = 0
let linesOver = false

function isKilledAct(name: string): name is KilledActName {
  return name in KILLED_ACTS
}

/** First every line of the journal, then moments in between. */
function take(): { readonly moment: Moment; readonly isLine: boolean } | null {
  if (failures.length > 0) return null
  if (!linesOver) return { moment: { lines: ++lines }, isLine: true }
  if (++moment > Number(moments)) return null
  return { moment: { afterMs: Math.round(random() * LONGEST_MS) }, isLine: false }
}

async function lane(): Promise<void> {
  if (!isKilledAct(action) || (then !== 'resume' && then !== 'undo')) return
  await withLane(action, async ({ point }) => {
    for (let job = take(); job; job = take()) {
      const wasKilled = await point(job.moment, then)
      if (job.isLine && !wasKilled) linesOver = true
      done += 1
      console.log(`${done} ${JSON.stringify(job.moment)} ${wasKilled ? `killed, then ${then}` : 'had ended'}`)
    }
  })
}

console.log(`${action}, ${then}: every line and ${moments} moments, ${lanes} lanes, seed ${seed}`)
await Promise.all(
  Array.from({ length: Number(lanes) }, () =>
    lane().catch((error: unknown) => {
      failures.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
      console.log(`FAILED\n${failures.at(-1)}`)
    }),
  ),
)
if (failures.length === 0) console.log(`${done} points, none of them left two that take writes, and none lost a commit`)
else {
  console.log(
    `${failures.length} failed, ${done} points were right; again: npm run kill-points -- ${action} ${moments} ${lanes} ${seed} ${then}`,
  )
  process.exitCode = 1
}
