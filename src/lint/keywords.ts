/**
 * The keywords of keepalived 2.2.7 by the block in which they may stand: those of its man page
 * keepalived.conf(5), and those that the program itself takes there without calling them unknown.
 * What stands in LVS blocks is passed over.
 */

/** `list`: lines of values; `opaque`: known, and nothing is said of what is inside. */
export type Content = Grammar | 'list' | 'opaque';

export interface Grammar {
  /** What the block is called in a message. */
  readonly name: string;
  /** Each keyword with what its block holds; null: it has none. */
  readonly keywords: ReadonlyMap<string, Content | null>;
  /** What keepalived does where nothing stands behind a keyword that needs a value. */
  readonly withoutValue: ReadonlyMap<string, 'ends' | 'passes over'>;
}

/** `word=`: without a value behind it keepalived ends; `word?`: it passes over the word. */
function grammar(name: string, plain: string, blocks: Record<string, Content> = {}): Grammar {
  const keywords = new Map<string, Content | null>();
  const withoutValue = new Map<string, 'ends' | 'passes over'>();
  const add = (marked: string, content: Content | null) => {
    const word = marked.replace(/[=?]$/, '');
    keywords.set(word, content);
    if (word !== marked) withoutValue.set(word, marked.endsWith('=') ? 'ends' : 'passes over');
  };
  for (const word of plain.trim().split(/\s+/)) if (word !== '') add(word, null);
  for (const [word, content] of Object.entries(blocks)) add(word, content);
  return { name, keywords, withoutValue };
}

const globalDefs = grammar(
  'global_defs',
  `bfd_cpu_affinity bfd_no_swap bfd_priority bfd_process_name= bfd_rlimit_rtime=
   bfd_rlimit_rttime= bfd_rt_priority checker_cpu_affinity checker_log_all_failures
   checker_no_swap checker_priority checker_process_name= checker_rlimit_rtime=
   checker_rlimit_rttime= checker_rt_priority config_save_dir= data_use_instance
   dbus_service_name default_interface? disable_local_igmp dynamic_interfaces enable_dbus
   enable_script_security enable_snmp_checker enable_snmp_keepalived enable_snmp_rfc
   enable_snmp_rfcv2 enable_snmp_rfcv3 enable_snmp_vrrp enable_traps
   fifo_write_vrrp_states_on_reload include_check log_unknown_vrids lvs_flush
   lvs_flush_on_stop lvs_flush_onstop lvs_netlink_cmd_rcv_bufs lvs_netlink_cmd_rcv_bufs_force
   lvs_netlink_monitor_rcv_bufs lvs_netlink_monitor_rcv_bufs_force lvs_notify_fifo
   lvs_notify_fifo_script lvs_process_name= lvs_sync_daemon lvs_timeouts max_auto_priority
   min_auto_priority_delay nftables nftables_counters nftables_ifindex nftables_ipvs
   nftables_ipvs_priority= nftables_ipvs_start_fwmark= nftables_priority= no_checker_emails
   no_email_faults notification_email_from? notify_fifo notify_fifo_script
   process_monitor_rcv_bufs process_monitor_rcv_bufs_force process_name= process_names
   random_seed= reload_check_config reload_file reload_repeat reload_time_file router_id?
   rs_init_notifies script_user? shutdown_script shutdown_script_timeout smtp_alert
   smtp_alert_checker smtp_alert_vrrp smtp_connect_timeout= smtp_helo_name smtp_server=
   snmp_socket startup_script startup_script_timeout tmp_config_directory umask=
   vmac_addr_prefix= vmac_prefix= vrrp_check_unicast_src vrrp_cpu_affinity
   vrrp_down_timer_adverts= vrrp_garp_extra_if vrrp_garp_interval= vrrp_garp_lower_prio_delay=
   vrrp_garp_lower_prio_repeat= vrrp_garp_master_delay= vrrp_garp_master_refresh=
   vrrp_garp_master_refresh_repeat= vrrp_garp_master_repeat= vrrp_gna_interval=
   vrrp_higher_prio_send_advert vrrp_ipsets vrrp_iptables vrrp_lower_prio_no_advert
   vrrp_mcast_group4= vrrp_mcast_group6= vrrp_min_garp vrrp_netlink_cmd_rcv_bufs
   vrrp_netlink_cmd_rcv_bufs_force vrrp_netlink_monitor_rcv_bufs
   vrrp_netlink_monitor_rcv_bufs_force vrrp_no_swap vrrp_notify_fifo
   vrrp_notify_fifo_script vrrp_notify_priority_changes vrrp_priority vrrp_process_name=
   vrrp_rlimit_rtime= vrrp_rlimit_rttime= vrrp_rt_priority vrrp_rx_bufs_multiplier
   vrrp_rx_bufs_policy vrrp_skip_check_adv_addr vrrp_startup_delay= vrrp_strict
   vrrp_version= vrrp_vmac_garp_intvl`,
  { notification_email: 'list' },
);

const tracks: Record<string, Content> = {
  track_interface: 'list',
  track_script: 'list',
  track_file: 'list',
  track_process: 'list',
  track_bfd: 'list',
};

const authentication = grammar('authentication', 'auth_type= auth_pass=');

const vrrpInstance = grammar(
  'vrrp_instance',
  `accept advert_int= check_unicast_src debug= dont_track_primary down_timer_adverts=
   garp_extra_if garp_lower_prio_delay= garp_lower_prio_repeat= garp_master_delay=
   garp_master_refresh= garp_master_refresh_repeat= garp_master_repeat=
   higher_prio_send_advert interface= kernel_rx_buf_size linkbeat_use_polling
   lower_prio_no_advert lvs_sync_daemon_interface= mcast_dst_ip= mcast_src_ip= native_ipv6
   no_accept nopreempt notify= notify_backup= notify_deleted notify_fault= notify_master=
   notify_master_rx_lower_pri= notify_priority_changes notify_stop= old_unicast_checksum
   preempt preempt_delay= priority= promote_secondaries skip_check_adv_addr smtp_alert state=
   strict_mode track_src_ip unicast_fault_no_peer unicast_src_ip= unicast_ttl= use_ipvlan
   use_vmac use_vmac_addr version= virtual_router_id= vmac_xmit_base vrf=`,
  {
    ...tracks,
    authentication,
    unicast_peer: 'list',
    virtual_ipaddress: 'list',
    virtual_ipaddress_excluded: 'list',
    virtual_routes: 'list',
    virtual_rules: 'list',
  },
);

const vrrpSyncGroup = grammar(
  'vrrp_sync_group',
  `global_tracking notify= notify_backup= notify_fault= notify_master=
   notify_priority_changes notify_stop= smtp_alert sync_group_tracking_weight`,
  { ...tracks, group: 'list' },
);

const vrrpScript = grammar(
  'vrrp_script',
  'fall= init_fail interval= rise= script timeout= user= weight=',
);

const trackFile = grammar('track_file', 'file init_file weight');

const trackProcess = grammar(
  'vrrp_track_process',
  `delay= fork_delay= full_command param_match process= quorum= quorum_max= terminate_delay=
   weight`,
);

const trackGroup = grammar('track_group', '', { group: 'list' });

const garpGroup = grammar('garp_group', 'garp_interval= gna_interval= interface=', {
  interfaces: 'list',
});

const bfdInstance = grammar(
  'bfd_instance',
  `checker hoplimit= idle_tx= max_hops= min_rx= min_tx= multiplier= neighbor_ip neighbour_ip
   passive source_ip= ttl= vrrp weight=`,
);

export const FILE_GRAMMAR = grammar(
  'the file',
  `child_wait_time= instance linkbeat_use_polling namespace_with_ipsets net_namespace
   net_namespace_ipvs use_pid_dir`,
  {
    SSL: 'opaque',
    bfd_instance: bfdInstance,
    garp_group: garpGroup,
    global_defs: globalDefs,
    interface_up_down_delays: 'list',
    linkbeat_interfaces: 'list',
    static_ipaddress: 'list',
    static_routes: 'list',
    static_rules: 'list',
    'track_file=': trackFile,
    track_group: trackGroup,
    'virtual_server=': 'opaque',
    'virtual_server_group=': 'opaque',
    'vrrp_instance?': vrrpInstance,
    'vrrp_script=': vrrpScript,
    'vrrp_sync_group?': vrrpSyncGroup,
    'vrrp_track_file=': trackFile,
    'vrrp_track_process=': trackProcess,
  },
);
