// From when on the silence of the other end of a replication connection means something.

/**
 * Either end hears from the other at least every 30 s, half of wal_sender_timeout (a minute by default): a walsender that has
 * nothing to send asks for a reply then. After this long, in seconds, the connection may be there in name only.
 */
export const SILENT_SECONDS = 35

/** A standby replies every wal_receiver_status_interval (10 s by default): later than this, in seconds, it is late. */
export const LATE_REPLY_SECONDS = 15
