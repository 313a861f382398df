#!/usr/bin/env bash
# start.sh DEST DATA_DIR HTTP_PORT [--nodes N] [--only I] [--heap SIZE] [--secure DIR] [--jit]
# start.sh --jdk     print the JDK that would be used, or fail
#
# Start Elasticsearch on 127.0.0.1 from what fetch.sh put in DEST and wait until
# the cluster is at least yellow. Every node is an operating-system process of
# its own, with its files in DATA_DIR/node-I.
#
#   HTTP_PORT   node I listens on HTTP_PORT+I-1, and for the other nodes on
#               HTTP_PORT+100+I-1
#   --nodes N   how many nodes the cluster has (default 1)
#   --only I    start node I alone, to bring it back after a test killed it
#               (give the same --nodes as at first)
#   --heap SIZE heap of each node (default 512m)
#   --secure D  TLS and users: D holds http.crt, http.key, users, users_roles, and in
#               credentials NAME:PASSWORD of one of the users
#   --jit       full optimising compiler: twice the start-up work, faster later
#
# Prints one line a node:  node-I URL PID
# ES_JAVA_HOME names the JDK (21 or newer; for release 8 from 17 to 23); without it
# one is looked for.
# ES_RUN_AS names the user to run as when called by root (default nobody).
# ES_EXTRA_JAVA_OPTS and ES_EXTRA_CONFIG (lines of elasticsearch.yml) are added.
set -euo pipefail

usage() { sed -n '2,/^set /{s/^# \{0,1\}//;/^set /d;p}' "$0" >&2; exit 2; }
die() { echo "start: $*" >&2; exit 1; }

[ $# -ge 3 ] || [ "${1:-}" = --jdk ] || usage
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

oldest=21 newest=999
# A JDK that can run the server, with the attach module.
good_jdk() {
  local version
  [ -x "$1/bin/java" ] && grep -q 'jdk\.attach' "$1/release" 2>/dev/null || return 1
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
  [ "$version" -ge $oldest ] && [ "$version" -le $newest ]
}
find_jdk() {
  local java c
  java=$(readlink -f "$(command -v java || true)" || true)
  for c in "${ES_JAVA_HOME:-}" "${JAVA_HOME:-}" "${java%/bin/java}" "${java%/*/bin/java}"/* /usr/lib/jvm/*; do
    if [ -n "$c" ] && good_jdk "$c"; then echo "$c"; return; fi
  done
  return 1
}
if [ "$1" = --jdk ]; then find_jdk; exit; fi

dest=$1 data=$2 http=$3
shift 3
nodes=1 only= heap=512m secure= jit=
while [ $# -gt 0 ]; do
  case $1 in
    --nodes) nodes=$2; shift 2 ;;
    --only) only=$2; shift 2 ;;
    --heap) heap=$2; shift 2 ;;
    --secure) secure=$(cd "$2" && pwd -P); shift 2 ;;
    --jit) jit=yes; shift ;;
    *) usage ;;
  esac
done

home=$(cd "$dest/current" 2>/dev/null && pwd -P) || die "nothing in $dest: run fetch.sh first"
mkdir -p "$data"
data=$(cd "$data" && pwd -P)
transport=$((http + 100))

# Release 8 starts in another way, and not on a JDK without a security manager.
if [ -d "$home/lib/tools/server-launcher" ]; then
  launcher=(-cp "$home/lib/tools/server-launcher/*" org.elasticsearch.server.launcher.ServerLauncher)
else
  oldest=17 newest=23
  launcher=(-Dcli.name=server "-Dcli.script=$home/bin/elasticsearch" -Dcli.libs=lib/tools/server-cli
    "-Des.path.home=$home" -Des.distribution.type=zip -cp "$home/lib/*:$home/lib/cli-launcher/*"
    org.elasticsearch.launcher.CliToolLauncher)
fi

jdk=$(find_jdk) || die "no JDK from $oldest to $newest found: set ES_JAVA_HOME"

# The server refuses to run as root.
as=()
owner=$(id -un)
if [ "$(id -u)" = 0 ]; then
  owner=${ES_RUN_AS:-nobody}
  as=(setpriv --reuid="$(id -u "$owner")" --regid="$(id -g "$owner")" --clear-groups)
  "${as[@]}" test -r "$home/lib" || die "user $owner cannot read $home: put DEST where all users may go"
  "${as[@]}" test -x "$data" || die "user $owner cannot enter $data"
fi

opts="-Xms$heap -Xmx$heap -XX:-AlwaysPreTouch"
[ -n "$jit" ] || opts="$opts -XX:TieredStopAtLevel=1"
opts="$opts ${ES_EXTRA_JAVA_OPTS:-}"

alive() { # alive I: node I's process still runs
  local pid
  pid=$(cat "$data/node-$1/pid" 2>/dev/null) || return 1
  { tr '\0' '\n' < "/proc/$pid/cmdline"; } 2>/dev/null | grep -xF -- "-Djava.io.tmpdir=$data/node-$1/tmp" > /dev/null
}

seeds='' masters=''
for ((i = 1; i <= nodes; i++)); do
  seeds="$seeds${seeds:+, }\"127.0.0.1:$((transport + i - 1))\""
  masters="$masters${masters:+, }node-$i"
done

prepare() { # prepare I: files of node I
  local i=$1 dir="$data/node-$1"
  mkdir -p "$dir"/{conf,data,logs,tmp} "$data/repo"
  rm -f "$dir/pid"
  cp "$home"/config/{log4j2.properties,users,users_roles,roles.yml,role_mapping.yml} "$dir/conf/"
  [ -z "$secure" ] || cp "$secure"/{http.crt,http.key,users,users_roles} "$dir/conf/"
  # no growing gc log, no heap dumps
  grep -vE '^(-Xlog:gc|-XX:\+HeapDumpOnOutOfMemoryError)' "$home/config/jvm.options" > "$dir/conf/jvm.options"
  {
    echo "cluster.name: local-$http"
    echo "node.name: node-$i"
    echo "path.data: $dir/data"
    echo "path.logs: $dir/logs"
    echo "path.repo: [\"$data/repo\"]"
    echo "network.host: 127.0.0.1"
    echo "http.port: $((http + i - 1))"
    echo "transport.port: $((transport + i - 1))"
    if [ "$nodes" = 1 ]; then
      echo "discovery.type: single-node"
    else
      echo "discovery.seed_hosts: [$seeds]"
      # only for a cluster that has never formed
      [ -d "$dir/data/_state" ] || echo "cluster.initial_master_nodes: [$masters]"
    fi
    if [ -n "$secure" ]; then
      echo "xpack.security.enabled: true"
      echo "xpack.security.http.ssl: { enabled: true, key: http.key, certificate: http.crt }"
    else
      echo "xpack.security.enabled: false"
    fi
    echo "cluster.routing.allocation.disk.threshold_enabled: false"
    echo "${ES_EXTRA_CONFIG:-}"
  } > "$dir/conf/elasticsearch.yml"
  [ ${#as[@]} = 0 ] || chown -R "$owner" "$dir" "$data/repo"
}

launch() { # launch I: returns when the node answers, or with its failure
  local dir="$data/node-$1"
  cd "$home"
  env -i PATH="$PATH" HOME="$dir/tmp" HOSTNAME=localhost LANG=C.UTF-8 \
    ES_HOME="$home" ES_PATH_CONF="$dir/conf" ES_TMPDIR="$dir/tmp" ES_DISTRIBUTION_TYPE=zip \
    ES_JAVA_HOME="$jdk" JAVA="$jdk/bin/java" JAVA_TYPE=ES_JAVA_HOME ES_JAVA_OPTS="$opts" \
    "${as[@]}" "$jdk/bin/java" -Xms4m -Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
    "-Des.path.conf=$dir/conf" "${launcher[@]}" -d -p "$dir/pid" \
    < /dev/null > "$dir/start.out" 2>&1
}

ulimit -n "$(ulimit -Hn)"
which=${only:-$(seq 1 "$nodes")}
jobs=()
for i in $which; do
  ! alive "$i" || die "node-$i already runs"
  prepare "$i"
done
for i in $which; do
  launch "$i" &
  jobs+=("$i:$!")
done
failed=
for job in "${jobs[@]}"; do
  i=${job%%:*}
  if ! wait "${job##*:}"; then
    failed="$failed node-$i"
    grep -m 5 -E 'ERROR|Exception|died' "$data/node-$i/start.out" >&2 || true
  fi
done
if [ -n "$failed" ]; then
  "$here/stop.sh" "$data" $which
  die "did not start:$failed (see start.out there)"
fi

first=${which%%[!0-9]*}
want="wait_for_status=yellow&timeout=60s"
[ -n "$only" ] || want="$want&wait_for_nodes=$nodes"
scheme=http trust=()
if [ -n "$secure" ]; then
  scheme=https trust=(--cacert "$secure/http.crt" -u "$(cat "$secure/credentials")")
fi
curl -sf --max-time 70 "${trust[@]}" "$scheme://127.0.0.1:$((http + first - 1))/_cluster/health?$want" > /dev/null ||
  die "the cluster did not become yellow"
for i in $which; do
  echo "node-$i $scheme://127.0.0.1:$((http + i - 1)) $(cat "$data/node-$i/pid")"
done
