// Kills acts on real clusters at hundreds of points and resumes them: `node --import tsx scripts/kill-points.ts [promote|switchover] [MOMENTS] [LANES]`.

import { type Moment, withLane } from '../test/real/acts/killing.ts'

const [action = 'promote', moments = '200', lanes = '3'] = process.argv.slice(2)
if (action !== 'promote' && action !== 'switchover') throw new Error(`${action}: promote or switchover`)
const LONGEST_MS = action === 'promote' ? 3_000 : 6_000

let next = 0
let done = 0
let linesOver = false

/** First every line of the journal, then moments in between. */
function take(): { readonly moment: Moment; readonly isLine: boolean } | null {
  next += 1
  if (!linesOver) return { moment: { lines: next }, isLine: true }
  return next > Number(moments) ? null : { moment: { afterMs: Math.round(Math.random() * LONGEST_MS) }, isLine: false }
}

await Promise.all(
  Array.from({ length: Number(lanes) }, () =>
    withLane(action, async ({ point }) => {
      for (let job = take(); job; job = take()) {
        const wasKilled = await point(job.moment)
        if (job.isLine && !wasKilled) linesOver = true
        done += 1
        process.stdout.write(
          `${done} ${JSON.stringify(job.moment)} ${wasKilled ? 'killed and resumed' : 'had ended'}\n`,
        )
      }
    }),
  ),
)
process.stdout.write(`${done} points, none of them left two that take writes, and none lost a commit\n`)
