# The same service by IPVS, for kernels that have it: direct routing (-g), one server after another.
set -e
ipvsadm --clear
ipvsadm --add-service --tcp-service 192.168.5.100:80 --scheduler rr
ipvsadm --add-server --tcp-service 192.168.5.100:80 --real-server 192.168.5.21 --gatewaying
ipvsadm --add-server --tcp-service 192.168.5.100:80 --real-server 192.168.5.22 --gatewaying
