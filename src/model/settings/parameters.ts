// The parameters of PostgreSQL 14 to 18 with what their values may be, as pg_settings of these versions has them.

/** `name@FIRST-LAST`: only in these major versions; an end that is missing is open. */
export const BOOLEANS = `
allow_alter_system@17- allow_in_place_tablespaces allow_system_table_mods array_nulls autovacuum bonjour check_function_bodies data_checksums
data_sync_retry db_user_namespace@-16 debug_assertions debug_pretty_print debug_print_parse debug_print_plan debug_print_rewritten
default_transaction_deferrable default_transaction_read_only default_with_oids enable_async_append enable_bitmapscan enable_distinct_reordering@18-
enable_gathermerge enable_group_by_reordering@17- enable_hashagg enable_hashjoin enable_incremental_sort enable_indexonlyscan enable_indexscan
enable_material enable_memoize enable_mergejoin enable_nestloop enable_parallel_append enable_parallel_hash enable_partition_pruning
enable_partitionwise_aggregate enable_partitionwise_join enable_presorted_aggregate@16- enable_self_join_elimination@18- enable_seqscan enable_sort
enable_tidscan escape_string_warning event_triggers@17- exit_on_error fsync full_page_writes geqo gss_accept_delegation@16- hot_standby
hot_standby_feedback ignore_checksum_failure ignore_invalid_pages ignore_system_indexes in_hot_standby integer_datetimes jit jit_debugging_support
jit_dump_bitcode jit_expressions jit_profiling_support jit_tuple_deforming krb_caseins_users lo_compat_privileges log_checkpoints log_disconnections
log_duration log_executor_stats log_hostname log_lock_failures@18- log_lock_waits log_parser_stats log_planner_stats log_recovery_conflict_waits
log_replication_commands log_statement_stats log_truncate_on_rotation logging_collector md5_password_warnings@18- parallel_leader_participation
quote_all_identifiers recovery_target_inclusive remove_temp_files_after_crash restart_after_crash row_security send_abort_for_crash@16-
send_abort_for_kill@16- ssl ssl_passphrase_command_supports_reload ssl_prefer_server_ciphers standard_conforming_strings summarize_wal@17-
sync_replication_slots@17- synchronize_seqscans syslog_sequence_numbers syslog_split_messages trace_connection_negotiation@17- trace_notify trace_sort
track_activities track_commit_timestamp track_cost_delay_timing@18- track_counts track_io_timing track_wal_io_timing transaction_deferrable
transaction_read_only transform_null_equals update_process_title vacuum_truncate@18- wal_init_zero wal_log_hints wal_receiver_create_temp_slot
wal_recycle zero_damaged_pages
`

/** `name:unit:least:most`. */
export const INTEGERS = `
archive_timeout:s:0:1073741823 authentication_timeout:s:1:600 autovacuum_analyze_threshold::0:2147483647 autovacuum_freeze_max_age::100000:2000000000
autovacuum_max_workers::1:262143 autovacuum_multixact_freeze_max_age::10000:2000000000 autovacuum_naptime:s:1:2147483
autovacuum_vacuum_cost_limit::-1:10000 autovacuum_vacuum_insert_threshold::-1:2147483647 autovacuum_vacuum_max_threshold@18-::-1:2147483647
autovacuum_vacuum_threshold::0:2147483647 autovacuum_work_mem:kB:-1:2147483647 autovacuum_worker_slots@18-::1:262143 backend_flush_after:8kB:0:256
bgwriter_delay:ms:10:10000 bgwriter_flush_after:8kB:0:256 bgwriter_lru_maxpages::0:1073741823 block_size::8192:8192 checkpoint_flush_after:8kB:0:256
checkpoint_timeout:s:30:86400 checkpoint_warning:s:0:2147483647 client_connection_check_interval:ms:0:2147483647 commit_delay::0:100000
commit_siblings::0:1000 commit_timestamp_buffers@17-:8kB:0:131072 data_directory_mode::0:511 deadlock_timeout:ms:1:2147483647
debug_discard_caches::0:0 default_statistics_target::1:10000 effective_cache_size:8kB:1:2147483647 effective_io_concurrency::0:1000
extra_float_digits::-15:3 from_collapse_limit::1:2147483647 geqo_effort::1:10 geqo_generations::0:2147483647 geqo_pool_size::0:2147483647
geqo_threshold::2:2147483647 gin_fuzzy_search_limit::0:2147483647 gin_pending_list_limit:kB:64:2147483647 huge_page_size:kB:0:2147483647
idle_in_transaction_session_timeout:ms:0:2147483647 idle_replication_slot_timeout@18-:s:0:2147483647 idle_session_timeout:ms:0:2147483647
io_combine_limit@17-:8kB:1:128 io_max_combine_limit@18-:8kB:1:128 io_max_concurrency@18-::-1:1024 io_workers@18-::1:32
join_collapse_limit::1:2147483647 lock_timeout:ms:0:2147483647 log_autovacuum_min_duration:ms:-1:2147483647 log_file_mode::0:511
log_min_duration_sample:ms:-1:2147483647 log_min_duration_statement:ms:-1:2147483647 log_parameter_max_length:B:-1:1073741823
log_parameter_max_length_on_error:B:-1:1073741823 log_rotation_age:min:0:35791394 log_rotation_size:kB:0:2147483647
log_startup_progress_interval@15-:ms:0:2147483647 log_temp_files:kB:-1:2147483647 logical_decoding_work_mem:kB:64:2147483647
maintenance_io_concurrency::0:1000 maintenance_work_mem:kB:64:2147483647 max_active_replication_origins@18-::0:262143 max_connections::1:262143
max_files_per_process::64:2147483647 max_function_args::100:100 max_identifier_length::63:63 max_index_keys::32:32
max_locks_per_transaction::10:2147483647 max_logical_replication_workers::0:262143 max_notify_queue_pages@17-::64:2147483647
max_parallel_apply_workers_per_subscription@16-::0:1024 max_parallel_maintenance_workers::0:1024 max_parallel_workers::0:1024
max_parallel_workers_per_gather::0:1024 max_pred_locks_per_page::0:2147483647 max_pred_locks_per_relation::-2147483648:2147483647
max_pred_locks_per_transaction::10:2147483647 max_prepared_transactions::0:262143 max_replication_slots::0:262143
max_slot_wal_keep_size:MB:-1:2147483647 max_stack_depth:kB:100:2147483647 max_standby_archive_delay:ms:-1:2147483647
max_standby_streaming_delay:ms:-1:2147483647 max_sync_workers_per_subscription::0:262143 max_wal_senders::0:262143 max_wal_size:MB:2:2147483647
max_worker_processes::0:262143 min_dynamic_shared_memory:MB:0:2147483647 min_parallel_index_scan_size:8kB:0:715827882
min_parallel_table_scan_size:8kB:0:715827882 min_wal_size:MB:2:2147483647 multixact_member_buffers@17-:8kB:16:131072
multixact_offset_buffers@17-:8kB:16:131072 notify_buffers@17-:8kB:16:131072 num_os_semaphores@18-::0:2147483647
old_snapshot_threshold@-16:min:-1:86400 port::1:65535 post_auth_delay:s:0:2147 pre_auth_delay:s:0:60 recovery_min_apply_delay:ms:0:2147483647
reserved_connections@16-::0:262143 scram_iterations@16-::1:2147483647 segment_size:8kB:131072:131072 serializable_buffers@17-:8kB:16:131072
server_version_num::140023:180004 shared_buffers:8kB:16:1073741823 shared_memory_size@15-:MB:0:2147483647
shared_memory_size_in_huge_pages@15-::-1:2147483647 ssl_renegotiation_limit::-2147483648:2147483647 statement_timeout:ms:0:2147483647
subtransaction_buffers@17-:8kB:0:131072 superuser_reserved_connections::0:262143 tcp_keepalives_count::0:2147483647 tcp_keepalives_idle:s:0:2147483647
tcp_keepalives_interval:s:0:2147483647 tcp_user_timeout:ms:0:2147483647 temp_buffers:8kB:100:1073741823 temp_file_limit:kB:-1:2147483647
track_activity_query_size:B:100:1048576 transaction_buffers@17-:8kB:0:131072 transaction_timeout@17-:ms:0:2147483647 unix_socket_permissions::0:511
vacuum_buffer_usage_limit@16-:kB:0:16777216 vacuum_cost_limit::1:10000 vacuum_cost_page_dirty::0:10000 vacuum_cost_page_hit::0:10000
vacuum_cost_page_miss::0:10000 vacuum_defer_cleanup_age@-15::0:1000000 vacuum_failsafe_age::0:2100000000 vacuum_freeze_min_age::0:1000000000
vacuum_freeze_table_age::0:2000000000 vacuum_multixact_failsafe_age::0:2100000000 vacuum_multixact_freeze_min_age::0:1000000000
vacuum_multixact_freeze_table_age::0:2000000000 wal_block_size::8192:8192 wal_buffers:8kB:-1:262143 wal_decode_buffer_size@15-:B:65536:1073741823
wal_keep_size:MB:0:2147483647 wal_receiver_status_interval:s:0:2147483 wal_receiver_timeout:ms:0:2147483647
wal_retrieve_retry_interval:ms:1:2147483647 wal_segment_size:B:1048576:1073741824 wal_sender_timeout:ms:0:2147483647
wal_skip_threshold:kB:0:2147483647 wal_summary_keep_time@17-:min:0:35791394 wal_writer_delay:ms:1:10000 wal_writer_flush_after:8kB:0:2147483647
work_mem:kB:64:2147483647
`

export const REALS = `
autovacuum_analyze_scale_factor::0:100 autovacuum_vacuum_cost_delay:ms:-1:100 autovacuum_vacuum_insert_scale_factor::0:100
autovacuum_vacuum_scale_factor::0:100 bgwriter_lru_multiplier::0:10 checkpoint_completion_target::0:1 cpu_index_tuple_cost::0:1.79769e+308
cpu_operator_cost::0:1.79769e+308 cpu_tuple_cost::0:1.79769e+308 cursor_tuple_fraction::0:1 geqo_seed::0:1 geqo_selection_bias::1.5:2
hash_mem_multiplier::1:1000 jit_above_cost::-1:1.79769e+308 jit_inline_above_cost::-1:1.79769e+308 jit_optimize_above_cost::-1:1.79769e+308
log_statement_sample_rate::0:1 log_transaction_sample_rate::0:1 parallel_setup_cost::0:1.79769e+308 parallel_tuple_cost::0:1.79769e+308
random_page_cost::0:1.79769e+308 recursive_worktable_factor@15-::0.001:1000000 seq_page_cost::0:1.79769e+308 vacuum_cost_delay:ms:0:100
vacuum_max_eager_freeze_failure_rate@18-::0:1
`

/** `name=value,value`, also those that not every build has; a blank in a value is `+`. */
export const ENUMS = `
archive_mode=always,on,off backslash_quote=safe_encoding,on,off bytea_output=escape,hex
client_min_messages=debug5,debug4,debug3,debug2,debug1,log,notice,warning,error compute_query_id=auto,regress,on,off
constraint_exclusion=partition,on,off debug_logical_replication_streaming@16-=buffered,immediate debug_parallel_query@16-=off,on,regress
default_toast_compression=pglz,lz4 default_transaction_isolation=serializable,repeatable+read,read+committed,read+uncommitted
dynamic_shared_memory_type=posix,sysv,mmap,windows file_copy_method@18-=copy,clone file_extend_method@16-=posix_fallocate,write_zeros
force_parallel_mode@-15=off,on,regress huge_pages=off,on,try huge_pages_status@17-=off,on,unknown
icu_validation_level@16-=disabled,debug5,debug4,debug3,debug2,debug1,log,notice,warning,error
intervalstyle=postgres,postgres_verbose,sql_standard,iso_8601 io_method@18-=sync,worker,io_uring log_error_verbosity=terse,default,verbose
log_min_error_statement=debug5,debug4,debug3,debug2,debug1,info,notice,warning,error,log,fatal,panic
log_min_messages=debug5,debug4,debug3,debug2,debug1,info,notice,warning,error,log,fatal,panic log_statement=none,ddl,mod,all
password_encryption=md5,scram-sha-256 plan_cache_mode=auto,force_generic_plan,force_custom_plan recovery_init_sync_method=fsync,syncfs
recovery_prefetch@15-=off,on,try recovery_target_action=pause,promote,shutdown session_replication_role=origin,replica,local
shared_memory_type=sysv,mmap,windows ssl_max_protocol_version=,TLSv1,TLSv1.1,TLSv1.2,TLSv1.3 ssl_min_protocol_version=TLSv1,TLSv1.1,TLSv1.2,TLSv1.3
stats_fetch_consistency@15-=none,cache,snapshot synchronous_commit=local,remote_write,remote_apply,on,off
syslog_facility=local0,local1,local2,local3,local4,local5,local6,local7
trace_recovery_messages@-16=debug5,debug4,debug3,debug2,debug1,log,notice,warning,error track_functions=none,pl,all
transaction_isolation=serializable,repeatable+read,read+committed,read+uncommitted wal_compression=on,off,pglz,lz4,zstd wal_level=minimal,replica,logical
wal_sync_method=fsync,fdatasync,open_sync,open_datasync,fsync_writethrough xmlbinary=base64,hex xmloption=content,document
`

export const STRINGS = `
application_name archive_cleanup_command archive_command archive_library@15- backtrace_functions bonjour_name client_encoding cluster_name config_file
createrole_self_grant@16- data_directory datestyle debug_io_direct@16- default_table_access_method default_tablespace default_text_search_config
dynamic_library_path event_source extension_control_path@18- external_pid_file hba_file ident_file is_superuser jit_provider krb_server_keyfile
lc_collate@-15 lc_ctype@-15 lc_messages lc_monetary lc_numeric lc_time listen_addresses local_preload_libraries log_connections log_destination
log_directory log_filename log_line_prefix log_timezone oauth_validator_libraries@18- primary_conninfo primary_slot_name promote_trigger_file@-15
recovery_end_command recovery_target recovery_target_lsn recovery_target_name recovery_target_time recovery_target_timeline recovery_target_xid
restore_command restrict_nonsystem_relation_kind role search_path seed server_encoding server_version session_authorization session_preload_libraries
shared_preload_libraries ssl_ca_file ssl_cert_file ssl_ciphers ssl_crl_dir ssl_crl_file ssl_dh_params_file ssl_ecdh_curve@-17 ssl_groups@18-
ssl_key_file ssl_library ssl_passphrase_command ssl_tls13_ciphers@18- stats_temp_directory@-14 synchronized_standby_slots@17-
synchronous_standby_names syslog_ident temp_tablespaces timezone timezone_abbreviations unix_socket_directories unix_socket_group
wal_consistency_checking
`
