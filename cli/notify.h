/* SPDX-License-Identifier: MIT */
/*
 * notify.h - telling the service manager how it goes.
 */
#ifndef STS_CLI_NOTIFY_H
#define STS_CLI_NOTIFY_H

/* cli_notify - "READY=1", "STOPPING=1", to who asked by NOTIFY_SOCKET; nothing where nobody did. */
void cli_notify(const char *state);

/* cli_notify_alive - at most twice in the time that the watchdog waits; nothing without one. */
void cli_notify_alive(void);

#endif
