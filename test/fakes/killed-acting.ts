// A pgdeck that is killed in the middle of an act: by itself, right after a line of its journal, or at any moment.

import { openJournal } from '../../src/io/runs/journal.ts'
import { blockingChecks } from '../../src/model/runs/plan.ts'
import { type ActingOptions, actingOn } from './acting.ts'

/** What it is told on its command line, as JSON. */
export interface KilledTask {
  readonly options: Pick<ActingOptions, 'databases' | 'hosts' | 'cluster'> & { readonly folder: string }
  readonly action: string
  readonly target: string | null
  readonly input?: Readonly<Record<string, string>>
  /** It ends after this many lines; never where the act has fewer. */
  readonly lines?: number
  /** Or after the line of this type about this step. */
  readonly after?: { readonly type: string; readonly step: string }
  /** Stopped, as a frozen host is, rather than ended; it goes on when it is told to. */
  readonly freezes?: boolean
  /** Or so many milliseconds after its first line, or after those lines. */
  readonly afterMs?: number
}

const task = JSON.parse(process.argv[2] ?? '') as KilledTask
let written = 0
const end = () => process.kill(process.pid, task.freezes ? 'SIGSTOP' : 'SIGKILL')

const acting = await actingOn({
  ...task.options,
  executor: {
    async openJournal(folder, run, options) {
      const journal = await openJournal(folder, run, options)
      return {
        close: () => journal.close(),
        async append(entry) {
          await journal.append(entry)
          written += 1
          if (task.afterMs === undefined && written === task.lines) end()
          if (task.after?.type === entry.type && 'step' in entry && task.after.step === entry.step) end()
          if (task.afterMs !== undefined && written === (task.lines ?? 1)) setTimeout(end, task.afterMs)
        },
      }
    },
  },
})
const run = await acting.act(task.action, task.target, task.input)
await acting.close()
const blocks = blockingChecks(run.plan).map(({ id, message }) => `${id}: ${message}`)
process.stdout.write(`${[run.state, run.why, ...blocks].filter((each) => each !== null).join('; ')}\n`)
