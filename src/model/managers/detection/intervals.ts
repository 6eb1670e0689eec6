// How often managers are asked, and how long their agents may be silent.

/** The interval of questions to a manager, in milliseconds. */
export const MANAGER_INTERVAL_MS = 15_000
/** An agent opens its session again within its loop (10 s by default) after a restart of its server. */
export const SETTLED_AFTER_MS = 30_000
/** A keeper of pg_auto_failover reports each second; its monitor takes it for unhealthy after 20 s. */
export const SILENT_KEEPER_SECONDS = 20
