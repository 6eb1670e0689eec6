// Which application server runs the schedules.

/** The one server that runs the schedules, or would if it could. */
export interface ScheduleRunner {
  /** Its id. */
  readonly server: string
  /** `stopped`: it can't run them now, and no other server does. */
  readonly state: 'run' | 'stopped' | 'unknown'
  /** As last known, also from before an unknown time; null: never. */
  readonly lastKnown: { readonly server: string; readonly state: 'run' | 'stopped' } | null
}
