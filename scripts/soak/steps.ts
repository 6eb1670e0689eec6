// What happens to servers and is over at once, or leaves them in another state that is no fault of a reading.

import type { Ground } from '../../test/real/proxied/stage.ts'
import { rebuilt } from '../../test/real/proxied/troubles.ts'

export interface SoakStep {
  readonly what: string
  happen(ground: Ground): Promise<unknown>
  /** True where two take writes after it. */
  readonly splits?: boolean
}

export const soakSteps: readonly SoakStep[] = [
  { what: 'the primary restarts', happen: ({ primary }) => primary.restart() },
  { what: 'the first standby restarts', happen: ({ first }) => first.restart() },
  { what: 'replay is paused', happen: ({ first }) => first.query('select pg_wal_replay_pause()') },
  { what: 'replay is resumed', happen: ({ first }) => first.query('select pg_wal_replay_resume()') },
  { what: 'a standby is promoted', happen: promoted, splits: true },
  { what: 'the first standby is made anew', happen: rebuilt },
  { what: 'a checkpoint', happen: ({ primary }) => primary.query('checkpoint') },
  { what: 'a new segment of the log', happen: ({ primary }) => primary.query('select pg_switch_wal()') },
  {
    what: 'every session of pgdeck is ended',
    happen: ({ primary }) =>
      primary.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pgdeck'`),
  },
  {
    what: 'many writes',
    happen: ({ primary }) =>
      primary
        .query('create table if not exists filler (n int, t text)')
        .then(() => primary.query(`insert into filler select n, repeat('x', 200) from generate_series(1, 20000) n`)),
  },
]

/** Replay may have been paused long ago; a server of major 18 was seen to take the request then and do nothing for long. */
async function promoted({ first }: Ground): Promise<void> {
  await first.query('select pg_wal_replay_resume()')
  await first.promote()
}
