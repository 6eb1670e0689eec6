// From when on silence at one end of a replication connection means something.

/**
 * Each end sends to the other at least every 30 s, half of wal_sender_timeout (default: a minute), because an idle
 * walsender requests a reply then. After this many seconds the connection may be dead.
 */
export const SILENT_SECONDS = 35

/** A standby replies every wal_receiver_status_interval (default 10 s). After this many seconds its reply is late. */
export const LATE_REPLY_SECONDS = 15
