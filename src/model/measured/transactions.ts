// What a poll reads of transactions, CONNECTION LIMITs, and who is read-only by default.

/** A session with what identifies it to people; null if unknown. */
export interface NamedSession {
  readonly pid: number
  readonly application: string | null
  readonly role: string | null
  readonly database: string | null
  readonly state: string | null
}

/** The session with the oldest transaction. */
interface OldestTransaction extends NamedSession {
  readonly seconds: number
}

/** A transaction that PREPARE TRANSACTION left, until COMMIT PREPARED or ROLLBACK PREPARED ends it. */
export interface OldestPrepared {
  readonly gid: string
  readonly owner: string | null
  readonly database: string | null
  readonly seconds: number
}

/** The session with the oldest snapshot or transaction ID. `age` is in transactions. */
interface XminSession extends NamedSession {
  /** `client backend`, `logical replication worker`, `autovacuum worker`, … */
  readonly kind: string | null
  readonly age: number
}

/** The database with the oldest unfrozen ID, and its age in IDs. */
interface OldestAge {
  readonly database: string
  readonly age: number
  /** From this age on, autovacuum freezes: autovacuum_freeze_max_age or autovacuum_multixact_freeze_max_age. */
  readonly freezeAt: number
}

/** Everything that a poll reads about transactions. */
export interface TransactionFacts {
  /** Among the sessions that are tracked and visible; null: none of them has a transaction. */
  readonly oldest: OldestTransaction | null
  /**
   * A standby shows none. `oldest` was prepared first. `oldestAge` is in transactions, and `oldestByAge` is the one of
   * that age; absent: not read.
   */
  readonly prepared: {
    readonly count: number
    readonly oldest: OldestPrepared | null
    readonly oldestAge: number | null
    readonly oldestByAge?: OldestPrepared | null | undefined
  } | null
  readonly xminSession: XminSession | null
  /** null: the server refuses to tell. */
  readonly ages: { readonly transactions: OldestAge | null; readonly multixacts: OldestAge | null }
  /** Members of all MultiXact IDs that are kept; null before PostgreSQL 19 and without pg_read_all_stats. */
  readonly multixactMembers: number | null
}

/** Transactions of all databases of a server, by its cumulative statistics. */
export interface TransactionCounters {
  /** null, as below: the server refuses to tell. */
  readonly committed: number | null
  readonly rolledBack: number | null
  /** When the statistics of one of the databases were reset last, in milliseconds since the epoch; null: never. */
  readonly resetAt: number | null
  /** Differs once a database was created or dropped. */
  readonly databases: string | null
}

/** The client session whose statement has run longest. */
export interface LongestStatement extends NamedSession {
  readonly seconds: number
  /** Its beginning; null: not tracked. */
  readonly text: string | null
}

/** Sessions that wait for locks, except those that queue for advisory locks or wait for a virtualxid on purpose. */
export interface LockWaitFacts {
  /** A session with parallel workers counts once. */
  readonly count: number
  /** The longest wait; null if no statement that waits is older than 2 s. Absent: the server refuses to tell. */
  readonly longest?:
    | {
        readonly seconds: number
        /** The process at the end of the chain of its blockers; null if it is not known. */
        readonly behind:
          | (NamedSession & {
              /** How many others hold up the same waiter. `pid` is 0 for a prepared transaction. */
              readonly others: number
              readonly kind: string | null
              /** It waits for a lock itself: the chain is longer. */
              readonly waits: boolean
              /** Milliseconds since the epoch. */
              readonly startedAt: number | null
            })
          | null
      }
    | null
    | undefined
}

/** A CONNECTION LIMIT of a role or a database, and how many sessions count against it. */
export interface ConnectionLimit {
  readonly kind: 'role' | 'database'
  readonly name: string
  readonly limit: number
  readonly used: number
}

/** Whose sessions are read-only by default. */
export interface ReadOnlyFacts {
  /** On a primary: whether sessions with default settings are read-only; null: unknown. Absent: not read. */
  readonly defaultReadOnly?: boolean | null | undefined
  /** That is so only in the database that pgdeck uses. Absent: it is not. */
  readonly readOnlyHere?: boolean | undefined
  /** Databases whose sessions are read-only by default. Absent: not read. */
  readonly readOnlyDatabases?: readonly string[] | undefined
  /** Roles whose sessions are read-only by default, in all or some databases, the first by name. Absent: not read. */
  readonly readOnlyRoles?: readonly string[] | undefined
  /** What ALTER ROLE ALL sets for the sessions of all roles; null: nothing. Absent: not read. */
  readonly readOnlyForAll?: boolean | null | undefined
  /** The values that ALTER ROLE and ALTER DATABASE set for this role and database, as text to compare. Absent: not read. */
  readonly readOnlyOwn?: string | null | undefined
}
