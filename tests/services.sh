#!/usr/bin/env bash
# Start a PostgreSQL and a Redis for the tests, in a folder of their own, on ports of their own; print their URLs.
#   eval "$(tests/services.sh start)"      tests/services.sh stop
set -euo pipefail
dir=${KITE_TEST_SERVICES:-/tmp/kite-test-services-$(id -u)}
pg_port=${KITE_TEST_POSTGRES_PORT:-54329}
redis_port=${KITE_TEST_REDIS_PORT:-63799}
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
[ -n "$bin" ] || { echo "services: PostgreSQL is not installed (Debian: apt-get install postgresql)" >&2; exit 1; }
command -v redis-server >/dev/null || { echo "services: Redis is not installed (Debian: apt-get install redis-server)" >&2; exit 1; }

as_owner() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

start() {
  mkdir -p "$dir"
  [ "$(id -u)" = 0 ] && chown postgres "$dir"
  if [ ! -d "$dir/pg" ]; then
    as_owner "$bin/initdb" -D "$dir/pg" -U kite -A trust -E UTF8 --no-sync >/dev/null
    printf "port=%s\nlisten_addresses='127.0.0.1'\nunix_socket_directories='%s'\nmax_connections=200\n" "$pg_port" "$dir" \
      | as_owner tee -a "$dir/pg/postgresql.conf" >/dev/null
  fi
  as_owner "$bin/pg_ctl" -D "$dir/pg" status >/dev/null 2>&1 \
    || as_owner "$bin/pg_ctl" -D "$dir/pg" -w -l "$dir/pg.log" start >/dev/null
  as_owner "$bin/psql" -h 127.0.0.1 -p "$pg_port" -U kite -d postgres -tAc \
    "SELECT 1 FROM pg_database WHERE datname = 'kite'" | grep -q 1 \
    || as_owner "$bin/createdb" -h 127.0.0.1 -p "$pg_port" -U kite kite
  redis-cli -p "$redis_port" ping >/dev/null 2>&1 \
    || redis-server --port "$redis_port" --bind 127.0.0.1 --save '' --daemonize yes --dir /tmp >/dev/null
  echo "export KITE_TEST_POSTGRES_URL=postgresql://kite@127.0.0.1:$pg_port/kite"
  echo "export KITE_TEST_REDIS_URL=redis://127.0.0.1:$redis_port/0"
}

stop() {
  as_owner "$bin/pg_ctl" -D "$dir/pg" -m fast stop >/dev/null 2>&1 || true
  redis-cli -p "$redis_port" shutdown nosave >/dev/null 2>&1 || true
  rm -rf "$dir"
}

case "${1:-}" in
  start) start ;;
  stop) stop ;;
  *) echo "usage: tests/services.sh start|stop" >&2; exit 2 ;;
esac
