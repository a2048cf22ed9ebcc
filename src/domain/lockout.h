/* How long a door stays shut after wrong PINs or passwords. */
#ifndef OZ_DOMAIN_LOCKOUT_H
#define OZ_DOMAIN_LOCKOUT_H

enum {
    LOCKOUT_SECONDS_MAX = 900,
    LOGIN_ATTEMPTS = 10, /* wrong passwords before an account refuses for a while */
    LOGIN_LOCK_SECONDS = 60
};

/* Seconds of lock that the `failures`th wrong try in a row brings: 0 but at
 * each multiple of `allowed`; the first lock is `first` seconds, each further
 * one twice as long, up to LOCKOUT_SECONDS_MAX (or `first`, if longer). */
int lockout_seconds(int failures, int allowed, int first);

#endif
