# Prints what the kernel, or this machine's limits, do not let a node have.
try() { what=$1; shift; "$@" >/dev/null 2>&1 || echo "$what"; }
mount -t tmpfs tmpfs /mnt && mkdir /mnt/l /mnt/u /mnt/w /mnt/m
try overlayfs mount -t overlay overlay -o lowerdir=/mnt/l,upperdir=/mnt/u,workdir=/mnt/w /mnt/m
try 'veth devices' ip link add v0 type veth peer name v1
try 'bridge devices' ip link add b0 type bridge
try 'netfilter for bridges (br_netfilter)' test -e /proc/sys/net/bridge/bridge-nf-call-iptables
try 'iptables nat and MASQUERADE' iptables -w 5 -t nat -A POSTROUTING -m comment --comment x -m mark --mark 1/1 -j MASQUERADE
try 'iptables conntrack match' iptables -w 5 -A FORWARD -m conntrack --ctstate INVALID -j DROP
try 'iptables statistic match' iptables -w 5 -t nat -A OUTPUT -m statistic --mode random --probability 0.5 -j ACCEPT
