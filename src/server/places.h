/* What root makes for RUN_USER before it becomes that user: the folder of the
 * sockets and the log, where RUN_USER has no right to make them. */
#ifndef OZ_SERVER_PLACES_H
#define OZ_SERVER_PLACES_H

struct conf;

/* Makes RUN_DIR and LOG_FILE if they are missing and gives them to RUN_USER, but
 * only in folders of root that are reached without a symbolic link: elsewhere others
 * could lead root astray, and RUN_USER has to make them. Nothing where orderzapd was
 * not started as root. What fails shows when RUN_USER opens them. */
void places_prepare(const struct conf *conf);

#endif
