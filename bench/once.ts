// What one call of a command takes that prints and ends: the whole process, from the shell's point of view.

import { execFile } from 'node:child_process'
import { type BenchSubject, type Spread, spread } from './measure.ts'

/** Milliseconds of `status --json` over the databases of a subject's configuration. The first call fills caches. */
export async function statusTime(subject: BenchSubject, calls: number): Promise<Spread> {
  const times: number[] = []
  const args = ['bin/pgdeck.js', 'status', '--json', ...subject.args.slice(1)]
  for (let call = 0; call <= calls; call++) {
    const began = performance.now()
    await new Promise<void>((resolve, reject) => {
      execFile(process.execPath, args, { env: { ...process.env, ...subject.env } }, (_, stdout) => {
        // Its exit code tells how the cluster is; what it printed, whether it worked.
        if (stdout.startsWith('{')) resolve()
        else reject(new Error('status --json printed no document'))
      })
    })
    if (call > 0) times.push(performance.now() - began)
  }
  return spread(times)
}
