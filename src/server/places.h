/* What root makes for RUN_USER before becoming that user: the folder of the
 * sockets and the log, if RUN_USER has no right to make them. */
#ifndef OZ_SERVER_PLACES_H
#define OZ_SERVER_PLACES_H

struct conf;

/* Makes RUN_DIR and LOG_FILE if they are missing and gives them to RUN_USER,
 * but only in folders of root's that are reached without a symbolic link:
 * elsewhere others could trick root, and RUN_USER must make them. Does nothing
 * if orderzapd was not started as root. A failure shows when RUN_USER opens
 * them. */
void places_prepare(const struct conf *conf);

#endif
