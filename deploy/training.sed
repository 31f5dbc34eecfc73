# Makes of a unit or of the proxy's file of the register that of the training register beside it: another user, other keys
# and settings, another port, and no way to another machine or to what is the register's.
s|/etc/nmt/|/etc/nmt-training/|g
s|/var/lib/nmt|/var/lib/nmt-training|g
s/^\(User\|Group\)=nmt$/\1=nmt_training/
s|^StateDirectory=nmt$|StateDirectory=nmt-training|
s|^Description=The NMT register:|Description=The training register:|
s|--config deploy/gunicorn\.conf\.py|& --bind 127.0.0.1:8100 --workers 2|
/^UMask=/i\
IPAddressDeny=any\
IPAddressAllow=localhost\
InaccessiblePaths=-/etc/nmt -/var/lib/nmt -/var/backups/nmt
s|^upstream register |upstream training |
s|http://register;|http://training;|
s|127\.0\.0\.1:8000|127.0.0.1:8100|
s|zone=each|zone=training|
s|/etc/ssl/register|/etc/ssl/training|
s|/nginx/register-|/nginx/training-|
