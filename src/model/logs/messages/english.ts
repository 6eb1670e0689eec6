// The messages of servers and of libpq that pgdeck recognises, in the words of PostgreSQL 14 to 18.

/** All forms of each message, reduced to the parts that versions share. `%s` matches anything. */
export const ENGLISH = `
starting: database system was shut down at %s
starting: database system was shut down in recovery at %s
starting: database system was interrupted; last known up at %s
starting: database system was interrupted while in recovery at %s
starting: database system shutdown was interrupted; last known up at %s
not-properly-shut-down: database system was not properly shut down; automatic recovery in progress
ready: database system is ready to accept
shut-down: database system is shut down
promote-request: received promote request
shutdown-request: received fast shutdown request
shutdown-request: received smart shutdown request
shutdown-request: received immediate shutdown request
new-timeline: selected new timeline ID: %s
recovery-complete: archive recovery complete
standby-mode: entering standby mode
streaming: started streaming WAL from primary
replication-ended: replication terminated by primary server
wal-stream-lost: could not receive data from WAL stream: %s
no-primary-connection: could not connect to the primary server
wal-removed: requested WAL segment %s has already been removed
not-in-history: %s is not in this server's history
not-in-history: %s forked off current database system timeline
not-in-history: %s of the primary is behind recovery timeline
not-a-child: requested timeline %s is not a child of this server's history
slot-invalidated: invalidating slot "
slot-invalidated: invalidating obsolete replication slot "
slot-invalidated: can no longer get changes from replication slot "
slot-invalidated: can no longer access replication slot "
walsender-ended: terminating walsender process due to replication timeout
walsender-ended: terminating walsender process after promotion
walreceiver-timeout: terminating walreceiver due to timeout
walreceiver-told: terminating walreceiver process due to administrator command
walreceiver-told: terminating connection due to administrator command
recovery-paused: recovery has paused
insufficient-settings: %s because of insufficient parameter settings
process-killed: %s (PID %s) was terminated by signal %s: %s
others-ended: terminating any other active server processes
disk-full: No space left on device
out-of-memory: out of memory
too-many-clients: too many clients already
too-many-clients: remaining connection slots are reserved
senders-used: number of requested standby connections exceeds
senders-used: all replication slots are in use
reload: received SIGHUP, reloading configuration files
not-reloaded: %s was not reloaded
replication-hba: no pg_hba.conf entry for replication connection from host "%s", user "%s", %s
replication-hba: pg_hba.conf rejects replication connection for host "%s", user "%s", %s
login-failed: %s authentication failed for user "
login-failed: no password supplied
login-failed: role "%s" does not exist
login-failed: %s" is not permitted to log in
login-failed: must be superuser or replication role to start walsender
login-failed: permission denied to start WAL sender
other-system: database system identifier differs between the primary and standby
slot-missing: replication slot "%s" does not exist
slot-in-use: replication slot "%s" is active for PID %s
not-accepting: the database system is starting up
not-accepting: the database system is shutting down
not-accepting: the database system is not yet accepting connections
not-accepting: the database system is not accepting connections
not-accepting: the database system is in recovery mode
file-contains-errors: configuration file "%s" contains errors
conf-syntax: syntax error in file "%s" line %s, near end of line
conf-syntax: syntax error in file "%s" line %s, near token "%s"
unknown-setting: unrecognized configuration parameter "%s" in file "%s" line %s
unknown-setting: unrecognized configuration parameter "%s"
bad-value: invalid value for parameter "
bad-value: parameter "%s" requires a Boolean value
bad-value: %s" requires a numeric value
bad-value: %s is outside the valid range for parameter "
no-conf-file: could not access the server configuration file "
no-conf-file: could not open configuration file "
hba-not-loaded: could not load pg_hba.conf
hba-not-loaded: could not load /%s/pg_hba.conf
address-in-use: Address already in use
address-unknown: Cannot assign requested address
no-socket: could not create any TCP/IP sockets
no-socket: could not create any Unix-domain sockets
no-socket: no socket created for listening
bind-failed: could not bind %s address "%s": %s
bind-failed: could not create listen socket for "%s"
bind-failed: could not create Unix-domain socket in directory "%s"
port-taken: Is another postmaster already running on port %s? If not, wait a few seconds and retry.
lock-file-exists: lock file "%s" already exists
lock-file-empty: lock file "%s" is empty
other-postmaster: Is another postmaster (PID %s) running in data directory "%s"?
other-postmaster: Is another postgres (PID %s) running in data directory "%s"?
other-postmaster: Is another postmaster (PID %s) using socket file "%s"?
lock-file-open: could not create lock file "%s": %s
lock-file-open: could not open lock file "%s": %s
data-permissions: data directory "%s" has group or world access
data-permissions: data directory "%s" has invalid permissions
data-owner: data directory "%s" has wrong ownership
no-data-directory: data directory "%s" does not exist
no-data-directory: %s is not a valid data directory
no-data-directory: specified data directory "%s" is not a directory
other-version: database files are incompatible with server
other-version: The data directory was initialized by PostgreSQL version %s, which is not compatible with this version %s.
shared-memory: could not create shared memory segment: %s
shared-memory: could not map anonymous shared memory: %s
shared-memory-used: pre-existing shared memory block (key %s, ID %s) is still in use
semaphores: could not create semaphores: %s
no-library: could not access file "%s": %s
no-library: could not load library "%s": %s
incompatible-library: incompatible library "%s": version mismatch
incompatible-library: incompatible library "%s": missing magic block
ssl-key-permissions: private key file "%s" has group or world access
ssl-key-permissions: private key file "%s" must be owned by the database user or root
ssl-files: could not load server certificate file "%s": %s
ssl-files: could not load private key file "%s": %s
ssl-files: check of private key failed: %s
target-not-reached: recovery ended before configured recovery target was reached
target-before-consistency: requested recovery stop point is before consistent recovery point
several-targets: multiple recovery targets specified
no-timeline: recovery target timeline 
no-restore-command: must specify %s when standby mode is not enabled
recovery-conf: using recovery command file "%s" is not supported
no-checkpoint: could not locate a valid checkpoint record
no-checkpoint: could not locate required checkpoint record
no-checkpoint: could not find redo location referenced by checkpoint record
no-checkpoint: invalid checkpoint record
backup-label: invalid data in file "%s"
backup-label: backup_label contains data inconsistent with control file
wal-ends: WAL ends before end of online backup
wal-ends: WAL ends before consistent recovery point
control-file: incorrect checksum in control file
control-file: calculated CRC checksum does not match value stored in file "%spg_control
control-file: %sglobal/pg_control": 
bad-locale: database locale is incompatible with operating system
bad-locale: invalid locale name: "%s"
bad-checksum: page verification failed, calculated checksum %s but expected %s
start-aborted: aborting startup due to startup process failure
replication-network: could not translate host name
replication-network: timeout expired
replication-network: timed out
replication-network: No route to host
replication-network: Network is unreachable
replication-network: Connection refused
replication-network: could not receive data
replication-network: server closed the connection unexpectedly
`

export const LOG_MESSAGE_IDS = [
  'starting',
  'not-properly-shut-down',
  'ready',
  'shut-down',
  'promote-request',
  'shutdown-request',
  'new-timeline',
  'recovery-complete',
  'standby-mode',
  'streaming',
  'replication-ended',
  'wal-stream-lost',
  'no-primary-connection',
  'wal-removed',
  'not-in-history',
  'not-a-child',
  'slot-invalidated',
  'walsender-ended',
  'walreceiver-timeout',
  'walreceiver-told',
  'recovery-paused',
  'insufficient-settings',
  'process-killed',
  'others-ended',
  'disk-full',
  'out-of-memory',
  'too-many-clients',
  'senders-used',
  'reload',
  'not-reloaded',
  'replication-hba',
  'login-failed',
  'other-system',
  'slot-missing',
  'slot-in-use',
  'not-accepting',
  'file-contains-errors',
  'conf-syntax',
  'unknown-setting',
  'bad-value',
  'no-conf-file',
  'hba-not-loaded',
  'address-in-use',
  'address-unknown',
  'no-socket',
  'bind-failed',
  'port-taken',
  'lock-file-exists',
  'lock-file-empty',
  'other-postmaster',
  'lock-file-open',
  'data-permissions',
  'data-owner',
  'no-data-directory',
  'other-version',
  'shared-memory',
  'shared-memory-used',
  'semaphores',
  'no-library',
  'incompatible-library',
  'ssl-key-permissions',
  'ssl-files',
  'target-not-reached',
  'target-before-consistency',
  'several-targets',
  'no-timeline',
  'no-restore-command',
  'recovery-conf',
  'no-checkpoint',
  'backup-label',
  'wal-ends',
  'control-file',
  'bad-locale',
  'bad-checksum',
  'start-aborted',
  'replication-network',
] as const
export type LogMessageId = (typeof LOG_MESSAGE_IDS)[number]
