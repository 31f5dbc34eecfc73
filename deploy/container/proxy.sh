#!/bin/sh
# The proxy of compose.yaml: ../nginx.conf for one who is nobody, on a root that is read only. Its log is the container's.
set -eu
[ -e /proc/net/if_inet6 ] && no_ipv6= || no_ipv6='/listen \[::\]/d'
sed -e "$no_ipv6" -e "s/register\.example/$REGISTER_HOST/g" \
    -e 's/\(listen .*\)\b80;/\18080;/' -e 's/\(listen .*\)\b443 ssl;/\18443 ssl;/' \
    -e 's/server 127\.0\.0\.1:8000;/server 10.89.77.10:8000;/' \
    -e 's|/etc/ssl/register\.crt|/run/secrets/tls_certificate|' -e 's|/etc/ssl/register\.key|/run/secrets/tls_key|' \
    -e 's|/var/log/nginx/register-access|/dev/stdout|' -e 's|/var/log/nginx/register-error|/dev/stderr|' -e 's|/var/cache/register|/tmp/public|' \
    /etc/nmt/nginx.conf > /tmp/register.conf
cat > /tmp/nginx.conf <<'END_OF_CONF'
pid /tmp/nginx.pid;
error_log /dev/stderr crit;
worker_processes auto;
events {}
http {
    access_log off;
    client_body_temp_path /tmp/body;
    proxy_temp_path /tmp/proxy;
    fastcgi_temp_path /tmp/fastcgi;
    uwsgi_temp_path /tmp/uwsgi;
    scgi_temp_path /tmp/scgi;
    include /tmp/register.conf;
}
END_OF_CONF
exec nginx -e /dev/stderr -c /tmp/nginx.conf -g 'daemon off;'
