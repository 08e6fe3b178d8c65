# A real server has the virtual address too, so that it answers in its name; but it never says so:
# not when asked for it (arp_ignore), and not when it asks for others (arp_announce).
set -e
sysctl -qw net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2
ip addr replace 192.168.5.100/32 dev lo
exec node real-server.mjs "$1"
