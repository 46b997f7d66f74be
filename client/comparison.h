/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * comparison.h - two rankings beside each other
 */
#ifndef CLIENT_COMPARISON_H
#define CLIENT_COMPARISON_H

#include <stdbool.h>
#include <stdio.h>

struct evaluation;

/* Print each measure's means, their difference, p and how many queries won,
 * lost and tied; then, by nDCG@10, the ten queries that won and that lost
 * most, or every one. */
void comparison_print(FILE *out, const struct evaluation *e, bool every);

#endif
